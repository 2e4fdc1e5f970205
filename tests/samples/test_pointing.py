"""Drawn problems: exact answers, and rows that are a function of the seed."""

import itertools

import numpy as np
import pytest

from seqkit.samples import pointing
from seqkit.samples.points import draw, solve
from seqkit.samples.points.tours import shortest_tours


def length(points, order):
    ordered = points[list(order)]
    return np.linalg.norm(ordered - np.roll(ordered, -1, axis=0), axis=1).sum()


@pytest.mark.parametrize("size", [3, 4, 7])
def test_a_tour_is_as_short_as_the_best_permutation(size):
    points = np.random.default_rng(size).random((12, size, 2))
    for one, order in zip(points, shortest_tours(points), strict=True):
        others = itertools.permutations(range(1, size))
        best = min(length(one, (0, *rest)) for rest in others)
        assert sorted(order) == list(range(size))
        assert length(one, order) == pytest.approx(best, rel=1e-12)


def test_tours_do_not_depend_on_how_many_are_solved_together(monkeypatch):
    points = np.random.default_rng(0).random((9, 6, 2))
    whole = shortest_tours(points)
    monkeypatch.setattr("seqkit.samples.points.tours._CHUNK", 8 * 5 * 2**5 * 2)
    np.testing.assert_array_equal(shortest_tours(points), whole)
    with pytest.raises(ValueError, match="at most 12 cities, found 13"):
        shortest_tours(np.zeros((1, 13, 2)))


def test_a_hull_has_every_point_on_its_left():
    points, orders = draw("hull", [5, 12, 30], seed=3)
    for one, order in zip(points, orders, strict=True):
        corners = one[order]
        edges = np.roll(corners, -1, axis=0) - corners
        away = one[None] - corners[:, None]
        side = edges[:, None, 0] * away[..., 1] - edges[:, None, 1] * away[..., 0]
        assert (side > -1e-12).all()


def test_triangles_fill_the_hull_and_their_circles_are_empty():
    (points,), (order,) = draw("triangles", [15], seed=4)
    corners = points[order.reshape(-1, 3)]
    one, other = (corners[:, n] - corners[:, 0] for n in (1, 2))
    areas = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2
    hull = points[solve("hull", [points])[0]]
    x, y = hull.T
    whole = abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2
    assert areas.sum() == pytest.approx(whole)
    for triangle in corners:  # equidistant from the three corners
        matrix = 2 * (triangle[1:] - triangle[0])
        right = (triangle[1:] ** 2 - triangle[0] ** 2).sum(axis=1)
        centre = np.linalg.solve(matrix, right)
        radius = np.linalg.norm(triangle[0] - centre)
        assert (np.linalg.norm(points - centre, axis=1) > radius - 1e-9).all()


def test_an_unknown_problem_is_refused():
    with pytest.raises(ValueError, match="found 'knapsack'"):
        solve("knapsack", [])


def test_rows_are_a_function_of_the_seed_and_held_out_ones_of_none():
    first, second = (pointing.splits(seed=n, train=6, test=3) for n in (1, 2))
    assert first == pointing.splits(seed=1, train=6, test=3)
    assert first["train"] != second["train"] and first["test"] == second["test"]
    longer = pointing.splits(seed=1, train=20, test=3)
    assert [len(row["points"]) for row in longer["train"][:6]] == [
        len(row["points"]) for row in first["train"]
    ]
    rows = [row for split in longer.values() for row in split]
    assert len({str(row["points"]) for row in rows}) == len(rows)
