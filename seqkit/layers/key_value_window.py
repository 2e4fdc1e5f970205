"""The window of keys and values with which attention goes on in a running text.

Every position sees itself and the W - 1 before it, wherever the text is cut. A piece
leaves its last W - 1: `keys` `[B, G, d, W - 1]`, not rotated, since a rotation is by
the place in the window; `values` `[B, G, W - 1, d]`; and `real` `[B, W - 1]`, 1 or 0.
"""

from typing import Any

from keras import ops


def empty_window(keys_shape: Any, values_shape: Any, dtype: Any) -> Any:
    """The window before the first position: zeros, none of them real."""
    batch_size, _, _, size = keys_shape
    return {
        "keys": ops.zeros(keys_shape, dtype=dtype),
        "values": ops.zeros(values_shape, dtype=dtype),
        "real": ops.zeros((batch_size, size), dtype=dtype),
    }


def slide(window: Any, new: Any, axis: int) -> Any:
    """The last W - 1 positions of a part of a window and what follows it."""
    size, length = window.shape[axis], ops.shape(new)[axis]
    if not isinstance(length, int):
        shape = (*ops.shape(window)[:axis], size, *window.shape[axis + 1 :])
        both = ops.concatenate([window, new], axis=axis)
        return ops.reshape(_from(both, length, axis), shape)
    if length >= size:
        return _from(new, length - size, axis)
    return ops.concatenate([_from(window, length, axis), new], axis=axis)


def join(before: Any, own: Any, axis: int) -> Any:
    """The positions before a block (or `None`) and the block itself."""
    return own if before is None else ops.concatenate([before, own], axis=axis)


class Blocks:
    """How T queries, `length`, are cut into n blocks of at most W, which become rows.

    A block sees itself and the W - 1 positions before it: T·W in time, not T².
    """

    def __init__(self, length: Any, context_length: int, from_nothing: Any):
        self.length, self.window = length, context_length
        self.size, self.count, self.num_before = length, 1, context_length - 1
        if isinstance(length, int):
            self.size = min(length, context_length)
            self.count = -(-length // self.size)
            if from_nothing and self.count == 1:
                self.num_before = 0
        elif ops.is_tensor(length):
            self.size = ops.maximum(1, ops.minimum(length, context_length))
            self.count = (length + self.size - 1) // self.size
            if from_nothing and context_length > 1:
                self.num_before = ops.where(self.count == 1, 0, self.num_before)
        # Otherwise JAX traces with symbols for sizes: one block does.
        self.single = isinstance(self.count, int) and self.count == 1

    @property
    def positions(self) -> Any:
        """Of every query `[T]`: the place in the window, W - 1 and up."""
        positions = ops.arange(self.length, dtype="int32")
        return self.window - 1 + (positions if self.single else positions % self.size)

    @property
    def positions_before(self) -> Any:
        """Of the keys before each block `[P]`: 0 to W - 2, or none of them."""
        positions = ops.arange(self.window - 1, dtype="int32")
        return _from(positions, self.window - 1 - self.num_before, 0)

    @property
    def places(self) -> Any:
        """Of the queries of a block `[T / n]`, and of the keys that they see."""
        own = self.window - 1 + ops.arange(self.size, dtype="int32")
        return own, ops.concatenate([self.positions_before, own], axis=0)

    def split(self, x: Any, axis: int) -> Any:
        """`[B, ..., T, ...]` to `[B·n, ..., T / n, ...]`, padded with zeros."""
        if self.single:
            return x
        missing = self.count * self.size - self.length
        shape = (*ops.shape(x)[:axis], missing, *x.shape[axis + 1 :])
        x = ops.concatenate([x, ops.zeros(shape, dtype=x.dtype)], axis=axis)
        return self._to_rows(x, self.size, axis)

    def before(self, window: Any, x: Any, axis: int) -> Any:
        """The P positions before each block: `[B·n, ..., P, ...]`; `None` of none."""
        if isinstance(self.num_before, int) and self.num_before == 0:
            return None
        if self.single:
            return window
        # Of W each, the first begins with the window; the last of each is too much.
        cut = [slice(None)] * axis + [slice(self.count * self.window)]
        x = ops.concatenate([window, x], axis=axis)[tuple(cut)]
        cut[-1] = slice(self.window - 1 - self.num_before, self.window - 1)
        return self._to_rows(x, self.window, axis)[tuple(cut)]

    def together(self, x: Any) -> Any:
        """`[B·n, T / n, D]` to `[B, T, D]`."""
        if self.single:
            return x
        x = ops.reshape(x, (-1, self.count * self.size, x.shape[-1]))
        return x[:, : self.length]

    def bias(self, real: Any, dtype: Any) -> Any:
        """Added to scores `[B·n, H, T / n, P + T / n]`: 0 for what is seen."""
        # A choice by a mask would take the gradient another pass.
        lowest = -6e4 if dtype == "float16" else -1e9
        queries, keys = self.places
        distance = queries[:, None] - keys
        seen = ops.logical_and(distance >= 0, distance < self.window)
        bias = ops.cast(ops.where(seen, 0.0, lowest), dtype)[None, None]
        if real is None:
            return bias
        own = ops.ones((ops.shape(real)[0], self.size), dtype=dtype)
        real = ops.concatenate([real, own], axis=1)[:, None, None]
        return ops.minimum(bias, (1 - real) * ops.cast(lowest, dtype))

    def _to_rows(self, x, size, axis):
        batch_size, *others = ops.shape(x)
        shape = (batch_size, *others[: axis - 1], self.count, size, *others[axis:])
        x = ops.reshape(x, shape)
        order = [0, axis, *range(1, axis), *range(axis + 1, len(shape))]
        shape = (batch_size * self.count, *others[: axis - 1], size, *others[axis:])
        return ops.reshape(ops.transpose(x, order), shape)


def _from(x, start, axis):
    return x[(slice(None),) * axis + (slice(start, None),)]
