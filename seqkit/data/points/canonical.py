"""One form for each of many ways to write an order."""

from typing import Any

import numpy as np


def canonical(problem: str, points: Any, order: Any) -> np.ndarray:
    """The order of a set of points in the form that a model is trained on.

    The form depends on where points are, and not on how they are numbered, so that a
    model that sees a set can learn it:

    - a hull or a tour begins at the leftmost point (of those the lowest) and goes
      counter-clockwise, in more than two dimensions towards the neighbour that comes
      first by its coordinates;
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
    if problem in ("hull", "tour"):
        return _cycle(points, order)
    if problem == "triangles" and len(order) % 3 == 0 and len(order):
        found = [_cycle(points, corners) for corners in order.reshape(-1, 3)]
        # Ties, as of equal points, go by the indices.
        keys = [(*points[one].mean(axis=0), *one) for one in found]
        return np.concatenate(
            [found[i] for i in sorted(range(len(found)), key=keys.__getitem__)]
        )
    return order


def canonical_rows(problem: str, points: Any, orders: Any) -> list[np.ndarray]:
    """`canonical` of many rows; in the plane, side by side.

    >>> from seqkit.data.points.canonical import canonical_rows
    >>> square = np.array([[1, 0], [1, 1], [0, 1], [0.1, 0]])
    >>> [one.tolist() for one in canonical_rows("hull", [square], [[0, 1, 2, 3]])]
    [[2, 3, 0, 1]]
    """
    sizes = np.array([len(order) for order in orders], np.int64)
    triangles = problem == "triangles"
    known = problem in ("hull", "tour") or (triangles and not (sizes % 3).any())
    if not known or not len(points) or points[0].shape[1] != 2:
        pairs = zip(points, orders, strict=True)
        return [canonical(problem, *pair) for pair in pairs]
    # Every index becomes one into the points of all rows.
    rows = np.repeat(np.arange(len(sizes)), sizes)
    firsts = np.cumsum([0, *(len(one) for one in points[:-1])])[rows]
    every = np.concatenate(points)
    found = np.concatenate(orders) + firsts
    found = _cycles(every, found, np.full(len(found) // 3, 3) if triangles else sizes)
    if triangles:
        corners = found.reshape(-1, 3)
        centres = every[corners].mean(axis=1)
        keys = *corners.T[::-1], *centres.T[::-1], rows[::3]  # the last comes first
        found = corners[np.lexsort(keys)].ravel()
    return np.split(found - firsts, np.cumsum(sizes)[:-1])


def _cycles(points: np.ndarray, orders: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """`_cycle` of many orders in the plane, which follow one another in one array."""
    places = np.arange(sizes.max(initial=0))
    real = places < sizes[:, None]
    padded = np.zeros(real.shape, np.int64)
    padded[real] = orders
    corners = points[padded]
    x, y = np.where(real, corners[..., 0], np.inf), corners[..., 1]
    begin = x.argmin(axis=1)
    following = np.where(places + 1 < sizes[:, None], places + 1, 0)
    turns = corners[..., 0] * np.take_along_axis(y, following, 1)
    turns = turns - np.take_along_axis(corners[..., 0], following, 1) * y
    step = np.where(np.where(real, turns, 0).sum(axis=1) < 0, -1, 1)
    turned = (begin[:, None] + step[:, None] * places) % sizes[:, None]
    turned = np.take_along_axis(padded, turned, axis=1)
    least = x[np.arange(len(sizes)), begin]
    for row in np.flatnonzero((x == least[:, None]).sum(axis=1) > 1):
        turned[row, : sizes[row]] = _cycle(points, padded[row, : sizes[row]])
    return turned[real]


def _cycle(points: np.ndarray, order: np.ndarray) -> np.ndarray:
    if len(order) < 2:
        return order
    keys = [(*points[index], index) for index in order]
    order = np.roll(order, -min(range(len(order)), key=keys.__getitem__))
    if points.shape[1] == 2:
        backwards = signed_area(points[order]) < 0
    else:
        backwards = tuple(points[order[1]]) > tuple(points[order[-1]])
    return np.concatenate([order[:1], order[:0:-1]]) if backwards else order


def signed_area(corners: np.ndarray) -> float:
    """The area inside a polygon `[n, 2]`, negative if it goes clockwise.

    >>> from seqkit.data.points.canonical import signed_area
    >>> float(signed_area(np.array([[0, 0], [2, 0], [2, 1], [0, 1]])))
    2.0
    """
    x, y = corners[:, 0], corners[:, 1]
    return (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2
