"""Lengths to pad rows to: few of them, and with little padding."""

from collections.abc import Sequence
from typing import Any

import numpy as np

SAVING = 1 / 8
"""What a further bound has to save, as a fraction of the tokens."""
MOST = 8
"""Bounds that are chosen at most without a `count`."""
_CANDIDATES = 500


def choose_bounds(lengths: Any, count: int | None = None) -> list[int]:
    """Chooses the lengths that rows are padded to, so that padding is least.

    Each row is padded to the first bound that it fits, by its longest side. No other
    choice of as many bounds pads less, up to a rounding of lengths if there are more
    than 500 different ones: dynamic programming over the distribution of lengths.

    Args:
        lengths: Integer array `[N]` or `[N, sides]` of the tokens of each row.
        count: How many bounds there are, if there are as many lengths; by default as
            many as each save an eighth of the tokens, at most 8.

    Returns:
        The bounds, ascending. The last is the length of the longest row.

    >>> from seqkit.data import choose_bounds
    >>> choose_bounds([3] * 50 + [4] * 50 + [9] * 20 + [20], count=3)
    [4, 9, 20]
    """
    longest = longest_sides(lengths)
    if not len(longest):
        return []
    # Beyond so many lengths, their grid is coarser than 1.
    width = -(-int(longest.max()) // _CANDIDATES)
    rounded = np.minimum(-(-longest // width) * width, longest.max())
    ends, counts = np.unique(rounded, return_counts=True)
    rows = np.concatenate([[0], np.cumsum(counts)])
    most = min(len(ends), MOST if count is None else count)
    # least[k][j]: the fewest padded tokens of the rows of the first j lengths, by k
    # bounds; start[k][j]: the first length of those that the last bound is for.
    least = [np.full(len(ends) + 1, np.inf)]
    least[0][0] = 0
    start = [np.zeros(len(ends) + 1, np.int64)]
    while len(least) <= most:
        before = least[-1]
        found, at = np.full_like(before, np.inf), np.zeros_like(start[0])
        for j in range(1, len(ends) + 1):
            costs = before[:j] + ends[j - 1] * (rows[j] - rows[:j])
            at[j] = np.argmin(costs)
            found[j] = costs[at[j]]
        saved = before[-1] - found[-1]
        if count is None and saved < SAVING * longest.sum():
            break
        least.append(found)
        start.append(at)
    bounds, j = [], len(ends)
    for at in start[:0:-1]:
        bounds.append(int(ends[j - 1]))
        j = at[j]
    return bounds[::-1]


def bound_of_rows(lengths: Any, bounds: Sequence[int]) -> np.ndarray:
    """The bound of each row, `[N]`; rows that fit none have that of the longest."""
    longest = longest_sides(lengths)
    every, most = sorted(bounds), longest.max(initial=0)
    if not every or most > every[-1]:
        every.append(int(most))
    return np.array(every)[np.searchsorted(every, longest)]


def padded_share(lengths: Any, bounds: Sequence[int]) -> float:
    """Padded tokens per token, on all sides of rows padded to their bounds."""
    sides = np.reshape(lengths, (len(lengths), -1))
    return float(bound_of_rows(lengths, bounds).sum() * sides.shape[1] / sides.sum())


def longest_sides(lengths: Any) -> np.ndarray:
    """The longest side of each row, at least 1: integers `[N]`."""
    lengths = np.asarray(lengths, np.int64)
    sides = lengths[:, None] if lengths.ndim == 1 else lengths
    return sides.max(axis=1, initial=1)
