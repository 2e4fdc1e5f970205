"""One form for each of many ways to write an order."""

from typing import Any

import numpy as np


def canonical(problem: str, points: Any, order: Any) -> np.ndarray:
    """The order of a set of points in the form that a model is trained on.

    The form depends on where points are, and not on how they are numbered, so that a
    model that sees a set can learn it:

    - a hull or a tour begins at the leftmost point (of those the lowest) and goes
      counter-clockwise; along a line and in more than two dimensions towards the
      neighbour that comes first by its coordinates;
    - triangles each begin at their leftmost corner and go counter-clockwise, and follow
      one another by the coordinates of their centres;
    - any other order stays as it is.

    Args:
        problem: `"hull"`, `"tour"`, `"triangles"` or `"order"`.
        points: Array `[n, F]`.
        order: Indices.

    >>> from seqkit.data.points.canonical import canonical
    >>> square = [[1, 0], [1, 1], [0, 1], [0, 0]]
    >>> canonical("tour", square, [0, 3, 2, 1]).tolist()
    [3, 0, 1, 2]
    """
    points, order = np.asarray(points, np.float64), np.asarray(order, np.int64)
    return canonical_rows(problem, [points], [order])[0]


def canonical_rows(problem: str, points: Any, orders: Any) -> list[np.ndarray]:
    """`canonical` of many rows at once; all points have the same dimension.

    >>> from seqkit.data.points.canonical import canonical_rows
    >>> square = np.array([[1, 0], [1, 1], [0, 1], [0.1, 0]])
    >>> [one.tolist() for one in canonical_rows("hull", [square], [[0, 1, 2, 3]])]
    [[2, 3, 0, 1]]
    """
    sizes = np.array([len(order) for order in orders], np.int64)
    triangles = problem == "triangles"
    if problem not in ("hull", "tour", "triangles") or not sizes.any():
        return [np.asarray(order, np.int64) for order in orders]
    if triangles and (sizes % 3).any():  # not all are triangles
        return [
            np.asarray(order, np.int64)
            if len(order) % 3
            else canonical(problem, one, order)
            for one, order in zip(points, orders, strict=True)
        ]
    # Every index becomes one into the points of all rows.
    rows = np.repeat(np.arange(len(sizes)), sizes)
    firsts = np.cumsum([0, *(len(one) for one in points[:-1])])[rows]
    every = np.concatenate(points)
    found = np.concatenate(orders) + firsts
    found = _cycles(every, found, np.full(len(found) // 3, 3) if triangles else sizes)
    if triangles:
        corners = found.reshape(-1, 3)
        centres = every[corners].mean(axis=1)
        # The indices break ties, as of equal points.
        keys = *corners.T[::-1], *centres.T[::-1], rows[::3]  # the last comes first
        found = corners[np.lexsort(keys)].ravel()
    return np.split(found - firsts, np.cumsum(sizes)[:-1])


def _cycles(points: np.ndarray, orders: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The canonical forms of many cycles, one after another in one array."""
    places = np.arange(sizes.max())
    real = places < sizes[:, None]
    padded = np.zeros(real.shape, np.int64)
    padded[real] = orders
    keys = [*np.moveaxis(points[padded], -1, 0), padded]  # the index breaks ties
    least = real
    for key in keys:
        value = np.where(least, key, np.inf)
        least = least & (value == value.min(axis=1, keepdims=True))
    turns = np.maximum(sizes, 1)[:, None]
    turned = (least.argmax(axis=1)[:, None] + places) % turns
    padded, *keys = (np.take_along_axis(key, turned, 1) for key in (padded, *keys))
    side = _side(*keys[:2], places, sizes) if len(keys) == 3 else np.zeros(len(sizes))
    for key in keys:  # on a line and in space: towards the lesser neighbour
        after, before = key[:, 1 % len(places)], key[np.arange(len(key)), sizes - 1]
        side = np.where(side == 0, np.sign(before - after), side)
    backwards = np.where(side[:, None] < 0, -places % turns, places)
    return np.take_along_axis(padded, backwards, 1)[real]


def _side(x: np.ndarray, y: np.ndarray, places: Any, sizes: np.ndarray) -> np.ndarray:
    """1 for counter-clockwise cycles, -1 for clockwise, 0 if all is on a line."""
    following = np.where(places + 1 < sizes[:, None], places + 1, 0)
    there, back = (
        one * np.take_along_axis(other, following, 1) for one, other in ((x, y), (y, x))
    )
    real = places < sizes[:, None]
    area = np.where(real, there - back, 0).sum(axis=1)
    # An area up to this may be a rounding error.
    least = 1e-12 * np.where(real, abs(there) + abs(back), 0).sum(axis=1)
    return np.where(abs(area) > least, np.sign(area), 0)
