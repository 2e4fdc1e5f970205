"""Dropout whose random numbers compile quickly on accelerators."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="seqkit")
class Dropout(keras.layers.Dropout):
    """`keras.layers.Dropout`, with XLA's own generator on a GPU or TPU under JAX.

    JAX's default generator, threefry, is long to compile: it becomes a hundred
    operations wherever units are dropped. XLA's generator (Philox on a GPU) is one. It
    draws from the same seeds, which are counted up at every call and are never used
    twice, so a resumed run draws what an unbroken one does. What is drawn from a seed
    differs from threefry's, and with it from a CPU's.
    """

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training and 0 < self.rate < 1 and draws_by_xla():
            return self._drop(inputs)
        return super().call(inputs, training=training)

    def _drop(self, inputs):
        from seqkit.layers.compiled_jax import bernoulli

        shape = tuple(
            size if given is None else given
            for size, given in zip(
                inputs.shape, self.noise_shape or inputs.shape, strict=True
            )
        )
        kept = bernoulli(self.seed_generator.next(), 1 - self.rate, shape)
        return ops.where(kept, inputs / (1 - self.rate), ops.zeros_like(inputs))


def draws_by_xla() -> bool:
    """Whether random numbers come from XLA's own generator: JAX on an accelerator."""
    if keras.backend.backend() != "jax":
        return False
    from seqkit.layers.compiled_jax import on_accelerator

    return on_accelerator()
