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
    if getattr(value, "is_fully_addressable", True) or value.is_fully_replicated:
        return keras.ops.convert_to_numpy(tensor)
    whole = np.empty(value.shape, value.dtype)
    for part in value.addressable_shards:
        whole[part.index] = part.data
    return whole
