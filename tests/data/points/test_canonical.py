"""One form for each of many ways to write an order."""

from fractions import Fraction

import numpy as np
import pytest

from seqkit.data.points.augmenting import augmented
from seqkit.data.points.canonical import canonical, canonical_rows
from seqkit.samples.points import draw


def signed_area(corners):
    """The area inside a polygon, negative if it goes clockwise."""
    x, y = corners[:, 0], corners[:, 1]
    return (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2


@pytest.mark.parametrize("problem", ["hull", "tour"])
@pytest.mark.parametrize("width", [2, 3])
def test_a_cycle_has_one_form_however_it_is_written(problem, width):
    generator = np.random.default_rng(0)
    points, order = generator.random((6, width)), generator.permutation(6)[:5]
    form = canonical(problem, points, order)
    for turns in range(5):
        turned = np.roll(order, turns)
        for one in (turned, turned[::-1]):
            np.testing.assert_array_equal(canonical(problem, points, one), form)
    assert points[form[0], 0] == points[order, 0].min()
    if width == 2:
        assert signed_area(points[form]) > 0


def test_triangles_have_one_form():
    (points,), (order,) = draw("triangles", [9], seed=2)
    form = canonical("triangles", points, order)
    generator = np.random.default_rng(1)
    mixed = generator.permutation(order.reshape(-1, 3))
    mixed = generator.permuted(mixed, axis=1).ravel()
    np.testing.assert_array_equal(canonical("triangles", points, mixed), form)
    np.testing.assert_array_equal(canonical("order", points, mixed), mixed)


@pytest.mark.parametrize("problem", ["hull", "tour", "triangles", "order"])
def test_many_rows_are_as_one_by_one(problem):
    kind = "hull" if problem == "order" else problem
    points, orders = draw(kind, [3, 8, 5, 4], seed=5)
    points.append(np.array([[0.0, 1], [0, 0], [1, 0]]))  # two are leftmost
    orders.append(np.array([2, 1, 0]))
    found = canonical_rows(problem, points, orders)
    for one, order, row in zip(points, orders, found, strict=True):
        np.testing.assert_array_equal(row, canonical(problem, one, order))


def exact(problem, points, order):
    """The form by the docstring of `canonical`, in fractions."""
    points = [tuple(Fraction(str(one)) for one in point) for point in points.tolist()]

    def key(index):
        return *points[index], index

    def cycle(order):
        begin = min(range(len(order)), key=lambda place: key(order[place]))
        order = [*order[begin:], *order[:begin]]
        follow = [*order[1:], order[0]]
        area = sum(
            points[i][0] * points[j][1] - points[j][0] * points[i][1]
            for i, j in zip(order, follow, strict=True)
        )
        if area < 0 or area == 0 and key(order[1]) > key(order[-1]):
            order = [order[0], *order[:0:-1]]
        return order

    if problem != "triangles":
        return cycle(list(order))
    return {tuple(cycle(order[i : i + 3].tolist())) for i in range(0, len(order), 3)}


@pytest.mark.parametrize("problem", ["hull", "tour", "triangles"])
def test_ties_have_one_form(problem):
    """Points on a line, equal ones, and centres in one place, however they come."""
    generator = np.random.default_rng(4)
    points = [generator.integers(0, 6, (6, 2)) / 10 for _ in range(200)]
    for _ in range(100):
        start, step = generator.integers(0, 5, (2, 2))
        points.append((start + step * generator.permutation(6)[:, None]) / 10)
    orders = [generator.permutation(6)[: 6 - 3 * (i % 2)] for i in range(300)]
    found = canonical_rows(problem, points, orders)
    for one, order, form in zip(points, orders, found, strict=True):
        right = exact(problem, one, order)
        if problem == "triangles":
            corners = form.reshape(-1, 3)
            assert {tuple(row) for row in corners.tolist()} == right
            centres = one[corners].mean(axis=1).tolist()
            assert centres == sorted(centres)
            order = np.roll(order.reshape(-1, 3)[::-1], 1, axis=1)[:, ::-1].ravel()
        else:
            assert form.tolist() == right
            order = np.roll(order[::-1], 2)
        np.testing.assert_array_equal(canonical(problem, one, order), form)


def test_orders_without_an_index_stay():
    points = [np.zeros((2, 2)), np.array([[1.0, 0], [0, 0]])]
    found = canonical_rows("hull", points, [np.zeros(0, int), np.array([0, 1])])
    assert [one.tolist() for one in found] == [[], [1, 0]]


def test_augmented_sets_have_the_same_answer():
    generator = np.random.default_rng(3)
    seen = set()
    for problem in ("hull", "tour"):
        (points,), (order,) = draw(problem, [7], seed=6)
        for _ in range(40):
            turned, answer = augmented(problem, points, order, generator)
            area = signed_area(turned[answer])
            assert area == pytest.approx(abs(signed_area(points[order])))
            np.testing.assert_allclose(
                np.sort(np.ptp(turned, axis=0)), np.sort(np.ptp(points, axis=0))
            )
            seen.add(tuple(turned[answer].round(6).ravel()))
    assert len(seen) == 16
