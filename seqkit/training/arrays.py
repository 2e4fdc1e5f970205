"""Arrays of what lies on devices."""

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
    """A copy of a tensor, to be assigned; an array if other processes have it, too."""
    if isinstance(tensor, np.ndarray):
        return np.array(tensor)
    return keras.ops.copy(tensor) if is_own(tensor) else np.array(to_numpy(tensor))


def is_own(value: Any) -> bool:
    """Whether all of a tensor lies on devices of this process."""
    return getattr(value, "is_fully_addressable", True)
