"""What JAX compiles quickly on a GPU or TPU; imported under that backend alone."""

from typing import Any

import jax


def on_accelerator() -> bool:
    """Whether JAX computes on a GPU or TPU."""
    return jax.default_backend() != "cpu"


def is_traced(x: Any) -> bool:
    """Whether a tensor has no value yet, since JAX traces the function it is in."""
    return isinstance(x, jax.core.Tracer)


def bernoulli(seed: Any, probability: float, shape: Any) -> Any:
    """Booleans that are true with a probability, by XLA's generator of random bits.

    Keras's seeds are two words, of which the second is counted up; a key of XLA's has
    four.
    """
    words = jax.numpy.concatenate([seed, seed]).astype("uint32")
    key = jax.random.wrap_key_data(words, impl="rbg")
    return jax.random.bernoulli(key, probability, shape)
