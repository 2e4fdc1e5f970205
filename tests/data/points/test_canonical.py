"""One form for each of many ways to write an order."""

import numpy as np
import pytest

from seqkit.data.points.augmenting import augmented
from seqkit.data.points.canonical import canonical, canonical_rows, signed_area
from seqkit.samples.points import draw


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
