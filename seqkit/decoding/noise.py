"""Random numbers that depend on a seed and a place, not on the batch around them."""

from typing import Any

import keras
from keras import ops


def uniform(seeds: Any, *places: Any) -> Any:
    """One float32 in [0, 1) per seed and place, by the finaliser of MurmurHash3."""
    bits = mix(seeds, *places)
    return ops.cast(ops.right_shift(bits, _uint32(8)), "float32") * (1.0 / 2**24)


def mix(seeds: Any, *places: Any) -> Any:
    """Joins a seed and places to one uint32 seed, see `uniform`."""
    bits = _finalize(seeds)
    for place in places:
        step = (ops.cast(place, "uint32") + _uint32(1)) * _uint32(0x9E3779B9)
        bits = _finalize(_wrapped(bits + _wrapped(step)))
    return bits


def _finalize(bits):
    bits = _wrapped(_fold(bits, 16) * _uint32(0x85EBCA6B))
    bits = _wrapped(_fold(bits, 13) * _uint32(0xC2B2AE35))
    return _fold(bits, 16)


def _fold(bits, shift):
    return ops.bitwise_xor(bits, ops.right_shift(bits, _uint32(shift)))


def _wrapped(bits):
    """The lower 32 bits: on PyTorch, uint32 has 64 in Keras."""
    if keras.backend.backend() != "torch":
        return bits
    return ops.bitwise_and(bits, _uint32(0xFFFFFFFF))


def _uint32(value):
    return ops.convert_to_tensor(value, dtype="uint32")
