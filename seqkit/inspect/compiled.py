"""Functions compiled for the backend that runs, and their gradients."""

from collections.abc import Callable
from typing import Any

import keras

from seqkit.errors import SeqkitError


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function of nested tensors, compiled once per shape."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(function)
    import tensorflow as tf

    traced = tf.function(function, autograph=False)

    def call(*arguments):
        # Called first, it would count as one of many tracings of the same lines, of
        # which TensorFlow warns.
        traced.get_concrete_function(*arguments)
        return traced(*arguments)

    return call


def compiled_gradient(function: Callable[..., Any]) -> Callable[..., Any]:
    """The gradient by the first argument, a list of float tensors, compiled."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return compiled(jax.grad(function))
    if backend == "tensorflow":
        import tensorflow as tf

        def gradient(values, *arguments):
            # No gradients of the weights.
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
