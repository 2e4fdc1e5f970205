"""Sets of points in the unit square, drawn from a seed, with their exact answers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.samples.points.tours import shortest_tours


def draw(
    problem: str, sizes: Sequence[int] | np.ndarray, seed: Any
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Sets of points and their answers.

    Args:
        problem: `"hull"`, `"tour"` or `"triangles"`.
        sizes: How many points each set has.
        seed: A seed, or a sequence of numbers that is one.

    Returns:
        N arrays `[n, 2]`, uniform in the unit square, and N orders of their indices, as
        in `solve`.

    >>> from seqkit.samples.points import draw
    >>> points, orders = draw("tour", [4, 6], seed=1)
    >>> [one.shape for one in points], sorted(orders[1].tolist())
    ([(4, 2), (6, 2)], [0, 1, 2, 3, 4, 5])
    """
    generator = np.random.default_rng(seed)
    sizes = np.asarray(sizes)
    values = generator.random((int(sizes.sum()), 2))
    points = np.split(values, np.cumsum(sizes)[:-1]) if len(sizes) else []
    return points, solve(problem, points)


def solve(problem: str, points: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The exact answers for sets of points in the plane.

    - `"hull"`: the corners of the convex hull, counter-clockwise (SciPy's Qhull).
    - `"tour"`: the shortest closed tour of at most 12 points (Held and Karp).
    - `"triangles"`: the corners of each triangle of the Delaunay triangulation, one
      triangle after the other (SciPy's Qhull).

    >>> from seqkit.samples.points import solve
    >>> square = np.array([[0, 0], [1, 0], [0.5, 0.4], [0, 1], [1, 1]])
    >>> sorted(solve("hull", [square])[0].tolist())
    [0, 1, 3, 4]
    """
    from scipy.spatial import ConvexHull, Delaunay

    if problem == "hull":
        return [ConvexHull(one).vertices for one in points]
    if problem == "triangles":
        return [Delaunay(one).simplices.ravel() for one in points]
    if problem != "tour":
        raise ValueError(f"expected hull, tour or triangles, found {problem!r}")
    found: list[Any] = [None] * len(points)
    sizes = np.array([len(one) for one in points])
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        orders = shortest_tours(np.stack([points[int(row)] for row in rows]))
        for row, order in zip(rows, orders, strict=True):
            found[int(row)] = order
    return found
