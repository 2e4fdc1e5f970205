"""Scores of orders of points, by hand."""

import numpy as np
import pytest

from seqkit.metrics import pointing_measures
from seqkit.metrics.pointing import is_simple

SQUARE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


def scores(problem, found, expected, points=SQUARE):
    return pointing_measures(problem, [points] * len(found), found, expected).values()


def test_hulls_count_from_any_point_and_in_any_direction():
    right = [0, 1, 2, 3]
    found = [[2, 3, 0, 1], [3, 2, 1, 0], [0, 1, 2], [0, 2, 1, 3]]
    values = scores("hull", found, [right] * 4)
    assert values == {
        "exact": 0.5,
        "area_covered": (1 + 1 + 0.5 + 0) / 4,  # the last crosses itself
        "invalid": 0.25,
    }


def test_tours_are_measured_against_the_expected_one():
    values = scores("tour", [[0, 1, 2, 3], [0, 2, 1, 3]], [[3, 2, 1, 0]] * 2)
    long = 2 + 2 * 2**0.5
    assert values["exact"] == 0.5 and values["best_length"] == pytest.approx(4)
    assert values["tour_length"] == pytest.approx((4 + long) / 2)
    assert values["tour_gap"] == pytest.approx(100 * (long / 4 - 1) / 2)


def test_triangles_are_a_set():
    right = [0, 1, 2, 0, 2, 3]
    found = [[2, 3, 0, 1, 0, 2], [0, 1, 2, 0, 1, 2], [0, 1, 2], [0, 1, 2, 0, 2, 3, 1]]
    values = scores("triangles", found, [right] * 4)
    assert values == {"exact": 0.25, "triangles_found": (1 + 0.5 + 0.5 + 1) / 4}


def test_orders_are_compared_as_they_are_and_width_matters_not():
    cube = np.eye(3).tolist()
    assert scores("order", [[0, 1], [1, 0]], [[0, 1]] * 2, cube) == {"exact": 0.5}
    assert scores("hull", [[0, 1, 2]], [[1, 2, 0]], cube) == {"exact": 1.0}


def test_a_polygon_that_crosses_itself_is_not_simple():
    generator = np.random.default_rng(0)
    angles = np.sort(generator.random(9) * 2 * np.pi)
    star = np.stack([np.cos(angles), np.sin(angles)], 1) * generator.random((9, 1))
    assert is_simple(star)  # seen from the middle, its corners are in order
    assert not is_simple(star[[0, 4, 1, 3, 2, 5, 6, 7, 8]])
    assert not is_simple(star[:2])
