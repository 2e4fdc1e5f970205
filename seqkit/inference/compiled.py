"""Functions of tensors, compiled by the backend in use."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops


def compiled(
    function: Callable[..., Any], model: keras.Model, specs: Sequence[Any]
) -> Callable[..., Any]:
    """Compiles a function that runs a model.

    Args:
        function: Takes one argument per spec and returns nested tensors.
        model: The `keras.Model` whose variables it reads, as they are at each call.
        specs: One per argument: a pair (shape, dtype), with None in a shape for any
            size, or a list or dictionary of pairs for a list or dictionary of tensors.
            TensorFlow compiles once for all sizes, JAX again for every size. PyTorch
            runs the function as it is.

    Returns:
        The function, which takes arrays as well.

    >>> import keras, numpy as np
    >>> from seqkit.inference import compiled
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    >>> run = compiled(model, model, [((None, 2), "float32")])
    >>> tuple(run(np.zeros((4, 2), "float32")).shape)
    (4, 3)
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        def signature(spec):
            if isinstance(spec, dict):
                return {name: signature(one) for name, one in spec.items()}
            if isinstance(spec, list):
                return [signature(one) for one in spec]
            return tf.TensorSpec(*spec)

        traced = tf.function(function, signature(list(specs)), autograph=False)
        # Called first, it would count as one of many tracings of the same lines, of
        # which TensorFlow warns.
        trace = functools.cache(traced.get_concrete_function)

        def in_graph(*arguments):
            trace()
            return traced(*arguments)

        compiled_run = in_graph

    elif backend == "jax":
        import jax

        def stateless(values, *arguments):
            mapping = list(zip(model.variables, values, strict=True))
            with keras.StatelessScope(state_mapping=mapping):
                return function(*arguments)

        jitted = jax.jit(stateless)

        def with_values(*arguments):
            return jitted([v.value for v in model.variables], *arguments)

        compiled_run = with_values
    else:
        compiled_run = function

    def call(*arguments):
        return compiled_run(*keras.tree.map_structure(ops.convert_to_tensor, arguments))

    return call


def to_numpy(tensors: Any) -> Any:
    """The same structure with arrays in place of tensors."""
    return keras.tree.map_structure(ops.convert_to_numpy, tensors)


def spec_of(tensor: Any, any_rows: bool = True) -> tuple[tuple, str]:
    """The spec of a tensor, by default with any size of its first axis."""
    shape = (None, *tensor.shape[1:]) if any_rows else tuple(tensor.shape)
    return shape, keras.backend.standardize_dtype(tensor.dtype)
