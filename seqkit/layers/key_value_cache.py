"""The cache of keys and values for decoding with attention.

K hypotheses of one row share one cache of all their L steps, slot k of step t at
`t·K + k`, and a mask tells which slots a hypothesis descends from: so a beam search
never reorders it. A static L is preallocated; otherwise, on TensorFlow, it grows.
"""

import math
from typing import Any

from keras import ops


def empty_cache(keys_shape: Any, values_shape: Any, dtype: Any) -> Any:
    """Zeros for keys `[B, G, d, L·K]` and values `[B, G, L·K, d]`, or nothing yet."""
    keys = ops.zeros(keys_shape, dtype=dtype)
    if keys.shape[3] is None:
        none_yet = 0 * keys_shape[3]  # a tensor, so that the shape stays dynamic
        keys_shape = (*keys_shape[:3], none_yet)
        values_shape = (*values_shape[:2], none_yet, values_shape[3])
        keys = ops.zeros(keys_shape, dtype=dtype)
    return {"keys": keys, "values": ops.zeros(values_shape, dtype=dtype)}


def write(cache: Any, keys: Any, values: Any, index: Any) -> dict[str, Any]:
    """The cache with the keys and values of K slots in the place of step `index`."""
    if cache["keys"].shape[3] is None:
        return {
            "keys": ops.concatenate([cache["keys"], keys], axis=3),
            "values": ops.concatenate([cache["values"], values], axis=2),
        }
    return {
        "keys": write_slots(cache["keys"], keys, index, axis=3),
        "values": write_slots(cache["values"], values, index, axis=2),
    }


def own_slots(num_slots: Any, num_hypotheses: Any, index: Any) -> Any:
    """Boolean `[1, 1, K, L·K]`: of each hypothesis its own slots up to `index`."""
    slots = ops.arange(num_slots, dtype="int32")
    own = slots % num_hypotheses == ops.arange(num_hypotheses, dtype="int32")[:, None]
    seen = slots // num_hypotheses <= ops.cast(index, "int32")
    return ops.logical_and(own, seen[None])[None, None]


def write_slots(cache: Any, new: Any, index: Any, axis: int) -> Any:
    """Puts K slots, the tensor `new`, in the place of step `index`."""
    # Not `slice_update`, for which TensorFlow calls XLA: an exported graph could then
    # not run where XLA is not linked.
    shape = ops.shape(cache)
    # As a matrix, each row a step of one sentence, head and perhaps key dimension.
    size = math.prod(new.shape[axis:])
    rows = ops.reshape(new, (-1, size))
    steps = shape[axis] // new.shape[axis]
    places = ops.arange(ops.shape(rows)[0], dtype="int32") * steps + index
    cache = ops.scatter_update(ops.reshape(cache, (-1, size)), places[:, None], rows)
    return ops.reshape(cache, shape)
