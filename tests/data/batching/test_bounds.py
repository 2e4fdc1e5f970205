"""Few lengths to pad to, with as little padding as can be."""

import itertools

import numpy as np
import pytest

from seqkit.data import choose_bounds
from seqkit.data.batching.bounds import SAVING, bound_of_rows, padded_share


def padded(lengths, bounds):
    return int(bound_of_rows(lengths, bounds).sum())


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_no_other_bounds_pad_less(seed, count):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 13, 40) + rng.poisson(2, 40)
    every = np.unique(lengths).tolist()
    least = min(
        padded(lengths, [*others, every[-1]])
        for others in itertools.combinations(every[:-1], count - 1)
    )
    bounds = choose_bounds(lengths, count)
    assert len(bounds) == count and bounds == sorted(bounds)
    assert bounds[-1] == every[-1], "the longest row has a bound"
    assert padded(lengths, bounds) == least


def test_as_many_bounds_as_pay():
    lengths = np.random.default_rng(0).gamma(4, 5, 2000).astype(int) + 1
    count = len(choose_bounds(lengths))
    amounts = [padded(lengths, choose_bounds(lengths, n)) for n in range(1, count + 2)]
    saved = -np.diff(amounts) / lengths.sum()
    assert 1 < count < 8
    assert (saved[:-1] >= SAVING).all() and saved[-1] < SAVING


def test_the_longest_side_counts():
    lengths = np.array([[3, 9], [9, 3], [2, 1]])
    assert choose_bounds(lengths, 2) == [2, 9]
    assert padded_share(lengths, [2, 9]) == (9 + 9 + 2) * 2 / lengths.sum()
    assert padded_share(lengths, [2]) == padded_share(lengths, [2, 9])


def test_few_rows_and_few_lengths():
    assert choose_bounds([]) == choose_bounds(np.zeros((0, 2))) == []
    assert choose_bounds([5], 3) == choose_bounds([5, 5]) == [5]
    assert choose_bounds([0]) == [1]


def test_many_lengths_are_rounded_and_the_longest_still_fits():
    lengths = np.random.default_rng(0).pareto(1, 5000) * 50 + 1
    lengths = np.minimum(lengths, 20_001).astype(int)
    bounds = choose_bounds(lengths, 4)
    assert len(bounds) == 4 and bounds[-1] == lengths.max()
