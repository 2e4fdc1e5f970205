"""The largest numbers of each row, for a count known only when the graph runs."""

from typing import Any

from keras import ops


def largest(x: Any, count: Any) -> Any:
    """Which of `[B, C]` are among the `count` largest of their row; ties go left."""
    highest = ops.max(x, axis=-1, keepdims=True)
    finite = ops.where(x > -float("inf"), x, highest)
    # More than `count` elements are above `low`, or that many; fewer above `high`.
    low = ops.min(finite, axis=-1, keepdims=True)
    low = low - ops.maximum(1.0, ops.abs(low))
    wanted = ops.minimum(count, _number(x > low))

    def between(low, high):
        middle = low + (high - low) / 2
        return middle, ops.logical_and(middle > low, middle < high)

    def searching(low, high):
        unmet = _number(x > low) > wanted
        return ops.any(ops.logical_and(unmet, between(low, high)[1]))

    def narrow(low, high):
        middle, inside = between(low, high)
        enough = _number(x > middle) >= wanted
        up, down = ops.logical_and(inside, enough), ops.logical_not(enough)
        return (
            ops.where(up, middle, low),
            ops.where(ops.logical_and(inside, down), middle, high),
        )

    low, high = ops.while_loop(searching, narrow, (low, highest))
    above = x > high
    ties = ops.logical_and(x > low, ops.logical_not(above))
    order = ops.cumsum(ops.cast(ties, "int32"), axis=-1)
    kept = ops.logical_and(ties, order <= wanted - _number(above))
    return ops.logical_or(above, kept)


def _number(chosen):
    return ops.sum(ops.cast(chosen, "int32"), axis=-1, keepdims=True)
