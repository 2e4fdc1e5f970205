"""A moving average of weights, computed where the weights are."""

import functools
from collections.abc import Callable
from typing import Any

import keras


def values_of(model: keras.Model) -> list[Any]:
    """The trainable weights of a model between two steps of `fit`, as tensors.

    While `fit` runs on JAX, Keras holds them beside the model's variables. To put them
    back and take them out again costs more than a step of a small model.
    """
    state = getattr(model, "_jax_state", None)
    if state and not model._jax_state_synced:
        return list(state["trainable_variables"])
    return [keras.ops.convert_to_tensor(one) for one in model.trainable_variables]


def moved(average: list[Any], values: list[Any], momentum: float) -> list[Any]:
    """The tensors `m·a + (1 - m)·w`; `average` may be gone afterwards.

    >>> import keras
    >>> from seqkit.training.moving_average import moved
    >>> [float(one) for one in moved([keras.ops.ones(())], [keras.ops.zeros(())], 0.75)]
    [0.75]
    """
    return _moving()(average, values, momentum, 1 - momentum)


@functools.cache
def _moving() -> Callable[..., list[Any]]:
    def move(average, values, momentum, rest):
        pairs = zip(average, values, strict=True)
        return [momentum * old + rest * new for old, new in pairs]

    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return jax.jit(move, donate_argnums=0)
    if backend == "torch":
        import torch

        return torch.no_grad()(move)
    return move
