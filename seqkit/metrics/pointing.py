"""How good orders of points are: exact, by what they enclose, how long they are."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.metrics.measures import Figure, Measures, divide, mean_of

EXACT, SHARE, EXAMPLES, INVALID = range(4)


def pointing_measures(
    problem: str,
    points: Sequence[Any],
    found: Sequence[Sequence[int]],
    expected: Sequence[Sequence[int]],
) -> Measures:
    """The `Measures` of orders of N sets of points, from 0 to 1 unless said otherwise.

    - `exact`: the fraction of orders that are right: hulls and tours from whichever
      point and in whichever direction, triangulations as sets of triangles.
    - `area_covered` of hulls in the plane: what the found polygon encloses of the
      hull's area; of one that crosses itself nothing (Vinyals et al. 2015,
      arXiv:1506.03134, section 4.2). `invalid`: the fraction of those.
    - `tour_length` and `best_length`, means in the unit of the points, and `tour_gap`,
      by how many percent a tour is longer than the expected one, on average.
    - `triangles_found`: the fraction of triangles that are right (the same, section
      4.3).

    Args:
        problem: `"hull"`, `"tour"`, `"triangles"` or `"order"`.
        points: N arrays `[n, F]`.
        found, expected: N lists of indices.

    >>> from seqkit.metrics import pointing_measures
    >>> square = [[0, 0], [1, 0], [1, 1], [0, 1]]
    >>> measures = pointing_measures("tour", [square], [[2, 1, 0, 3]], [[0, 1, 2, 3]])
    >>> measures.values()["exact"]
    1.0
    """
    rows = [
        _judge(problem, np.asarray(one, "float64"), list(order), list(right))
        for one, order, right in zip(points, found, expected, strict=True)
    ]
    width = len(points[0][0]) if len(points) else 2
    measures: dict[str, Any] = {"exact": Figure("orders", mean_of(EXACT, EXAMPLES))}
    if problem == "hull" and width == 2:
        measures["area_covered"] = Figure("orders", mean_of(SHARE, EXAMPLES))
        measures["invalid"] = Figure("orders", mean_of(INVALID, EXAMPLES))
    if problem == "triangles":
        measures["triangles_found"] = Figure("orders", mean_of(SHARE, EXAMPLES))
    if problem == "tour":
        measures["tour_length"] = Figure("orders", mean_of(4, EXAMPLES))
        measures["best_length"] = Figure("orders", mean_of(5, EXAMPLES))
        measures["tour_gap"] = Figure(
            "orders", lambda sums: 100 * divide(sums[..., SHARE], sums[..., EXAMPLES])
        )
    return Measures({"orders": np.array(rows, "float64").reshape(-1, 6)}, measures)


def _judge(problem: str, points: np.ndarray, order: list, right: list) -> tuple:
    """Exact, share or gap, 1, invalid, length, best length."""
    if problem == "triangles":
        found, expected = _triangles(order), _triangles(right)
        share = len(found & expected) / max(len(expected), 1)
        whole = len(order) % 3 == 0 and len(order) == 3 * len(found)
        return found == expected and whole, share, 1, 0, 0, 0
    if problem == "tour":
        length, best = _length(points, order), _length(points, right)
        gap = length / best - 1 if best else 0.0
        return _cycle(order) == _cycle(right), gap, 1, 0, length, best
    if problem == "hull":
        valid = points.shape[1] != 2 or is_simple(points[order])
        share = divide(_area(points[order]), _area(points[right])) if valid else 0.0
        return _cycle(order) == _cycle(right), share, 1, not valid, 0, 0
    return order == right, 0, 1, 0, 0, 0


def _cycle(order: list) -> tuple:
    """A closed order from its lowest index, towards the lower of its neighbours."""
    if len(order) < 2:
        return tuple(order)
    begin = order.index(min(order))
    turned = order[begin:] + order[:begin]
    return min(tuple(turned), (turned[0], *reversed(turned[1:])))


def _triangles(order: list) -> set:
    corners = range(0, len(order) - len(order) % 3, 3)
    return {tuple(sorted(order[i : i + 3])) for i in corners}


def _length(points: np.ndarray, order: list) -> float:
    ordered = points[order]
    return float(np.linalg.norm(ordered - np.roll(ordered, -1, axis=0), axis=1).sum())


def _area(corners: np.ndarray) -> float:
    if corners.shape[1] != 2:
        return 0.0
    x, y = corners[:, 0], corners[:, 1]
    return float(abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2)


def is_simple(corners: np.ndarray) -> bool:
    """Whether a polygon `[n, 2]` has at least three corners and does not cross itself.

    >>> import numpy as np
    >>> from seqkit.metrics.pointing import is_simple
    >>> square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    >>> is_simple(square), is_simple(square[[0, 2, 1, 3]])
    (True, False)
    """
    count = len(corners)
    if count < 3:
        return False
    begin, end = corners, np.roll(corners, -1, axis=0)

    def side(p, q, r):
        """On which side of the line from p to q each r is."""
        (px, py), (qx, qy) = p.T[:, :, None], q.T[:, :, None]
        rx, ry = r.T[:, None]
        return np.sign((qx - px) * (ry - py) - (qy - py) * (rx - px))

    first, second = side(begin, end, begin), side(begin, end, end)
    crosses = (first * second < 0) & ((first * second).T < 0)
    return not crosses.any()
