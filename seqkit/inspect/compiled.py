"""Functions compiled for the backend that runs, and their gradients."""

import keras

from seqkit.errors import SeqkitError


def compiled(function):
    """The same function of nested tensors, compiled; a new shape is traced anew."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(function)
    import tensorflow as tf

    return tf.function(function, autograph=False)


def compiled_gradient(function):
    """The gradient of a scalar function with respect to its first argument, compiled.

    Args:
        function: Takes a list of float tensors and further nested tensors, and returns
            a scalar tensor.

    Returns:
        A function of the same arguments, which returns a list of tensors like the
        first argument, zeros where the function does not depend on one.

    Raises:
        SeqkitError: The backend is neither TensorFlow nor JAX.

    Example:

    >>> from keras import ops
    >>> from seqkit.inspect.compiled import compiled_gradient
    >>> slope = compiled_gradient(lambda x, factor: factor * ops.sum(x[0] ** 2))
    >>> [float(part) for part in slope([ops.ones(2)], ops.ones(()) * 3.0)[0]]
    [6.0, 6.0]
    """
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return compiled(jax.grad(function))
    if backend == "tensorflow":
        import tensorflow as tf

        def gradient(values, *arguments):
            # The weights' gradients are not wanted.
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(values)
                result = function(values, *arguments)
            zero = tf.UnconnectedGradients.ZERO
            return tape.gradient(result, values, unconnected_gradients=zero)

        return compiled(gradient)
    raise SeqkitError(
        f"gradients: expected the backend tensorflow or jax, found {backend}. Load the "
        "model with KERAS_BACKEND=tensorflow in the environment"
    )
