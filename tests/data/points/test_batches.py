"""Batches of sets of points: padding, order by epoch, what is drawn again."""

import numpy as np

from seqkit.data import BucketPlan, PointBatches, pad_points
from seqkit.data.points.drawn import DrawnRows
from seqkit.samples.points import draw

SIZES = [3, 4, 4, 6, 7, 3]


def drawn(epoch):
    return draw("hull", SIZES, [1, epoch])


def batches(static=False, **options):
    plan = BucketPlan(SIZES, batch_size=2, bucket_width=1, seed=3)
    rows = DrawnRows(drawn, "hull")
    return PointBatches(rows, plan, static_shapes=static, **options)


def test_a_batch_is_a_function_of_seed_epoch_and_step():
    one, other = batches(), batches()
    for epoch, step in ((0, 1), (1, 0), (0, 1)):
        (a, *more), (b, *others) = one.batch(epoch, step), other.batch(epoch, step)
        for x, y in zip([*a.values(), *more], [*b.values(), *others], strict=True):
            np.testing.assert_array_equal(x, y)
    first = np.sort(np.concatenate([b[0]["points"].ravel() for b in one.epoch(0)]))
    second = np.sort(np.concatenate([b[0]["points"].ravel() for b in one.epoch(1)]))
    assert not np.isin(first[first > 0], second).any()


def test_targets_are_the_inputs_shifted_and_every_row_comes_once():
    seen = []
    for step, (inputs, targets, weights) in enumerate(batches().epoch(0)):
        ids = inputs["decoder_token_ids"]
        np.testing.assert_array_equal(
            ids[:, 1:], np.where(targets == 3, 0, targets)[:, :-1]
        )
        assert ((weights > 0) == (targets > 0)).all()
        assert (targets.max(axis=1) - 4 < inputs["lengths"]).all()
        seen += batches().examples(0, step).tolist()
    assert sorted(seen) == list(range(len(SIZES)))


def test_static_shapes_fill_rows_up_without_weight():
    plan = BucketPlan([3, 4, 4], batch_size=2, bucket_bounds=[8], seed=3)
    rows = draw("hull", [3, 4, 4], 1)
    found = [*PointBatches(lambda epoch: rows, plan, static_shapes=True).epoch(0)]
    assert {inputs["points"].shape for inputs, *_ in found} == {(2, 8, 2)}
    assert {targets.shape for _, targets, _ in found} == {(2, 9)}
    assert sum((weights[:, 0] > 0).sum() for *_, weights in found) == 3


def test_a_transform_is_drawn_for_each_batch():
    def away(points, order, generator):
        return points + 10 * generator.random(), order

    one, two = (batches(transform=away).batch(0, 0)[0]["points"] for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert one.max() > 1


def test_padding_keeps_what_is_there():
    found = pad_points([np.ones((1, 3)), np.ones((2, 3))], bound=4, num_rows=3)
    assert found["lengths"].tolist() == [1, 2, 1]
    assert found["points"].sum(axis=(1, 2)).tolist() == [3, 6, 0]
