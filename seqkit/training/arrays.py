"""Arrays of what lies on devices."""

import functools
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np


def to_numpy(tensor: Any) -> np.ndarray:
    """A tensor as an array, also where devices of other processes have copies of it.

    >>> import keras
    >>> from seqkit.training.arrays import to_numpy
    >>> to_numpy(keras.ops.ones(2)).tolist()
    [1.0, 1.0]
    """
    value = getattr(tensor, "value", tensor)
    if is_own(value) or value.is_fully_replicated:
        return keras.ops.convert_to_numpy(tensor)
    whole = np.empty(value.shape, value.dtype)
    for part in value.addressable_shards:
        whole[part.index] = part.data
    return whole


def copied(tensor: Any) -> Any:
    """A copy of a tensor, to be assigned; an array if several processes train."""
    if isinstance(tensor, np.ndarray):
        return np.array(tensor)
    if _is_one_of_several() or not is_own(tensor):
        return np.array(to_numpy(tensor))
    return keras.ops.copy(keras.ops.stop_gradient(tensor))


def copies(tensors: Sequence[Any]) -> list[Any]:
    """Copies of tensors, each on its own device, which no step of training takes over.

    Where several processes train together they become arrays, since a variable may lie
    on the devices of all when its copy is assigned.

    >>> import keras
    >>> from seqkit.training.arrays import copies
    >>> [float(one) for one in copies([keras.ops.ones(())])]
    [1.0]
    """
    one_process = keras.backend.backend() == "jax" and not _is_one_of_several()
    if one_process and all(map(is_own, tensors)):
        return _copying()(list(tensors))
    return [copied(one) for one in tensors]


@functools.cache
def _copying() -> Any:
    """All copies are one call of the device; one by one they take longer."""
    import jax

    return jax.jit(lambda tensors: [jax.numpy.copy(one) for one in tensors])


def all_finite(tensors: Sequence[Any]) -> bool:
    """Whether all numbers are finite; what is read from the device is one of them.

    >>> import keras
    >>> from seqkit.training.arrays import all_finite
    >>> all_finite([keras.ops.ones(2)]), all_finite([keras.ops.ones(2) / 0])
    (True, False)
    """
    if not tensors:
        return True
    whole = keras.backend.backend() == "jax" and all(map(is_own, tensors))
    return bool((_checking() if whole else _all_finite)(list(tensors)))


def _all_finite(tensors):
    found = [keras.ops.all(keras.ops.isfinite(one)) for one in tensors]
    return keras.ops.all(keras.ops.stack(found))


@functools.cache
def _checking() -> Any:
    import jax

    return jax.jit(_all_finite)


def _is_one_of_several() -> bool:
    if keras.backend.backend() != "jax":
        return False
    import jax

    return jax.process_count() > 1


def is_own(value: Any) -> bool:
    """Whether all of a tensor lies on devices of this process."""
    return getattr(value, "is_fully_addressable", True)
