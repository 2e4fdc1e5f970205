"""Functions of tensors, compiled by the backend in use."""

import keras
from keras import ops


def compiled(function, model, specs):
    """Compiles a function that runs a model.

    Args:
        function: Takes tensors, one for each spec, and gives nested tensors.
        model: The `keras.Model` whose variables it reads; as they are at each call.
        specs: Pairs (shape, dtype), None in a shape for any size. TensorFlow compiles
            once for all of them, JAX for every size anew.

    Returns:
        The function, which takes arrays as well.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        run = tf.function(
            function,
            [tf.TensorSpec(shape, dtype) for shape, dtype in specs],
            autograph=False,
        )
    elif backend == "jax":
        import jax

        def stateless(values, *arguments):
            mapping = list(zip(model.variables, values, strict=True))
            with keras.StatelessScope(state_mapping=mapping):
                return function(*arguments)

        jitted = jax.jit(stateless)

        def run(*arguments):
            return jitted([v.value for v in model.variables], *arguments)
    else:
        run = function

    def call(*arguments):
        return run(*map(ops.convert_to_tensor, arguments))

    return call
