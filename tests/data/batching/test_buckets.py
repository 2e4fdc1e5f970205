"""Batches of rows: each row once, alike in length, in an order that needs no memory."""

import numpy as np
import pytest

from seqkit.data import BucketPlan


def random_lengths(count=500, seed=0):
    rng = np.random.default_rng(seed)
    source = rng.integers(1, 60, count)
    return np.stack([source, np.maximum(1, source + rng.integers(-5, 6, count))], 1)


PLANS = [
    {"batch_tokens": 256},
    {"batch_tokens": 256, "bucket_width": 8},
    {"batch_tokens": 256, "shuffle": False},
    {"batch_size": 7},
    {"batch_size": 7, "bucket_width": 1},
    {"batch_size": 10_000},
    {"batch_size": 7, "bucket_bounds": [12, 30, 70]},
    {"batch_tokens": 256, "bucket_bounds": [20, 40]},  # some rows are longer
    {"batch_tokens": 10},  # less than most rows have
]


@pytest.mark.parametrize("options", PLANS)
def test_every_row_exactly_once_an_epoch(options):
    plan = BucketPlan(random_lengths(), **options)
    for epoch in range(4):
        batches = plan.batches(epoch)
        assert len(batches) == plan.num_batches
        assert sorted(np.concatenate(batches)) == list(range(500))


@pytest.mark.parametrize("options", PLANS)
def test_no_batch_is_over_its_budget(options):
    plan = BucketPlan(random_lengths(), **options)
    small = 0
    for batch in plan.batches(epoch=3):
        bound = plan.bounds[batch].max()
        assert plan.lengths[batch].max() <= bound
        assert len(batch) <= plan.rows(bound)
        small += len(batch) < plan.rows(plan.bounds.max())
        if "batch_size" in options:
            assert len(batch) <= options["batch_size"]
        elif len(batch) > 1:
            assert len(batch) * bound <= options["batch_tokens"]
    # Only what was left over from all buckets is short of rows.
    assert small <= 1


def test_rows_of_a_batch_are_of_like_length():
    plan = BucketPlan(random_lengths(5000), batch_tokens=512)
    longest = plan.lengths.max(axis=1)
    padded = sum(longest[b].max() * len(b) for b in plan.batches(epoch=0))
    assert padded < 1.05 * longest.sum()


def test_the_order_is_a_function_of_seed_and_epoch():
    lengths = random_lengths()

    def order(seed, epoch, before=()):
        plan = BucketPlan(lengths, batch_size=8, seed=seed)
        for other in before:
            plan.batches(other)
        return np.concatenate(plan.batches(epoch)).tolist()

    assert order(1, 2) == order(1, 2, before=(0, 5, 2))
    assert len({tuple(order(s, e)) for s in range(3) for e in range(3)}) == 9


def test_without_shuffling_every_epoch_is_the_same():
    plan = BucketPlan(random_lengths(), batch_size=8, shuffle=False)
    first, second = plan.batches(0), plan.batches(1)
    assert all(np.array_equal(*pair) for pair in zip(first, second, strict=True))
    bounds = [plan.bounds[batch].max() for batch in first]
    assert bounds == sorted(bounds)


@pytest.mark.parametrize("lengths", [[], np.zeros((0, 2), int), [5], [[3, 4]], [3, 1]])
def test_few_rows_or_one_side(lengths):
    plan = BucketPlan(lengths, batch_size=4)
    assert plan.num_batches == len(plan.batches(0)) == min(1, len(lengths))


def test_bounds_and_a_bucket_for_longer_rows():
    plan = BucketPlan([[3, 8], [2, 2], [9, 1], [30, 2]], batch_size=1)
    assert plan.bounds.tolist() == [8, 2, 10, 30]
    given = {"batch_size": 1, "bucket_bounds": [20, 8]}
    plan = BucketPlan([[3, 8], [2, 2], [9, 1], [30, 2]], **given)
    assert plan.bounds.tolist() == [8, 8, 20, 30]
    assert plan.smaller(2).bounds.tolist() == [8, 8, 20, 30]
    assert BucketPlan([], **given).num_batches == 0


@pytest.mark.parametrize("options", [{}, {"batch_size": 3, "batch_tokens": 9}])
def test_one_of_the_two_budgets(options):
    with pytest.raises(ValueError, match="one of batch_tokens and batch_size"):
        BucketPlan([[1, 2]], **options)
