"""Rows to batches: the shift by one, the weights, the shapes, the epochs."""

import numpy as np
import pytest

from seqkit.data import BatchedPairs, BucketPlan, pad

START, END = 2, 3


class Pairs:
    """What `BatchedPairs` needs of `TokenizedPairs`; texts are ids as words."""

    max_length = 40

    @property
    def limits(self):
        return self.max_length, self.max_length

    def __init__(self, count=120, seed=0):
        rng = np.random.default_rng(seed)
        self.rows = [
            [rng.integers(4, 99, size=n) for n in rng.integers(0, 20, size=2)]
            for _ in range(count)
        ]
        self.lengths = [[len(ids) + 1 for ids in row] for row in self.rows]

    def token_ids(self, rows):
        return [self.rows[i][0] for i in rows], [self.rows[i][1] for i in rows]

    def texts(self, rows):
        return [
            [" ".join(map(str, self.rows[i][side])) for i in rows] for side in (0, 1)
        ]


def make(pairs=None, budget=None, **options):
    pairs = pairs or Pairs()
    plan = {"seed": 3} | (budget or {"batch_tokens": 128})
    return BatchedPairs(pairs, BucketPlan(pairs.lengths, **plan), **options)


def strip(row):
    return tuple(int(i) for i in row if i != 0)


def contents(batches):
    """The pairs in batches, as a sorted list, without what was added to them."""
    found = []
    for inputs, targets, _ in batches:
        for source, target in zip(inputs["encoder_token_ids"], targets, strict=True):
            if strip(source):
                found.append((strip(source)[:-1], strip(target)[:-1]))
    return sorted(found)


def same(one, other):
    one, other = list(one), list(other)
    return len(one) == len(other) and all(
        np.array_equal(a[0][name], b[0][name]) and np.array_equal(a[1], b[1])
        for a, b in zip(one, other, strict=True)
        for name in a[0]
    )


def test_pad():
    assert pad([[5, 6], [], [7]]).tolist() == [[5, 6], [0, 0], [7, 0]]
    assert pad([[5]], length=3).tolist() == [[5, 0, 0]]
    assert pad([[5] * 17], multiple=16).shape == (1, 32)
    assert pad([[]]).shape == (1, 1) and pad([], multiple=4).shape == (0, 4)
    assert pad([[5]]).dtype == np.int32


@pytest.mark.parametrize("static_shapes", [False, True])
def test_the_shift_by_one_and_the_weights(static_shapes):
    for inputs, targets, weights in make(static_shapes=static_shapes):
        encoder, decoder = inputs["encoder_token_ids"], inputs["decoder_token_ids"]
        for array in (encoder, decoder, targets):
            assert array.dtype == np.int32
        assert weights.dtype == np.float32
        assert np.array_equal(weights, targets != 0)
        assert decoder.shape == targets.shape
        for source, given, wanted in zip(encoder, decoder, targets, strict=True):
            if not strip(source):  # a row that fills up a static shape
                assert not strip(wanted)
                continue
            assert strip(source)[-1] == END and strip(source).count(END) == 1
            assert given[0] == START and strip(wanted)[-1] == END
            assert strip(given)[1:] == strip(wanted)[:-1]
            # Padding stands on the right alone.
            assert not np.any(wanted[len(strip(wanted)) :])


@pytest.mark.parametrize("static_shapes", [False, True])
def test_every_pair_exactly_once_an_epoch(static_shapes):
    pairs = Pairs()
    batches = make(pairs, static_shapes=static_shapes)
    wanted = sorted((strip(source), strip(target)) for source, target in pairs.rows)
    for _ in range(3):
        epoch = list(batches)
        assert len(epoch) == len(batches)
        assert contents(epoch) == wanted


@pytest.mark.parametrize(
    "budget",
    [{"batch_tokens": 128, "bucket_width": 4}, {"batch_size": 9, "bucket_width": 4}],
)
def test_static_shapes_are_no_more_than_buckets(budget):
    batches = make(Pairs(1000), budget, static_shapes=True)
    shapes = set()
    for epoch in range(3):
        for inputs, targets, _ in batches.epoch(epoch):
            shape = inputs["encoder_token_ids"].shape
            assert inputs["decoder_token_ids"].shape == targets.shape == shape
            if "batch_tokens" in budget:
                assert targets.size <= 128
            shapes.add(shape)
    assert len(shapes) <= len(np.unique(batches.plan.bounds)) <= 5


def test_a_token_budget_counts_padding():
    for inputs, targets, _ in make():
        longer = max(inputs["encoder_token_ids"].shape[1], targets.shape[1])
        assert len(targets) * longer <= 128


def test_each_iteration_is_a_new_epoch_that_can_be_had_again():
    batches = make()
    first, second = list(batches), list(batches)
    assert batches.next_epoch == 2
    assert not same(first, second)
    assert same(batches.epoch(0), first) and same(batches.epoch(1), second)
    batches.next_epoch = 0
    assert same(batches, first)
    assert same(make().epoch(1), second)


def test_two_iterations_at_once_do_not_mix():
    batches = make()
    both = list(zip(batches, batches, strict=True))
    assert same([one for one, _ in both], make().epoch(0))
    assert same([other for _, other in both], make().epoch(1))


def resample(source_texts, target_texts, seeds):
    """Draws which words of a text are doubled."""

    def draw(text, seed):
        rng = np.random.default_rng(seed)
        ids = [int(word) for word in text.split()]
        return [i for one in ids for i in [one] * int(rng.integers(1, 3))]

    return tuple(list(map(draw, side, seeds)) for side in (source_texts, target_texts))


@pytest.mark.parametrize("static_shapes", [False, True])
def test_draws_are_functions_of_seed_epoch_and_step(static_shapes):
    batches = make(resample=resample, static_shapes=static_shapes)
    plain = make(static_shapes=static_shapes)
    epoch = list(batches.epoch(4))
    assert same(epoch, make(resample=resample, static_shapes=static_shapes).epoch(4))
    assert not same(epoch, plain.epoch(4))
    one, other = batches.batch(4, 2), epoch[2]
    assert same([one], [other])
    if static_shapes:
        planned = [targets.shape for _, targets, _ in plain.epoch(4)]
        assert [targets.shape for _, targets, _ in epoch] == planned
    # The same rows in the same places, cut in another way.
    for (_, drawn, weights), (_, targets, _) in zip(epoch, plain.epoch(4), strict=True):
        assert np.array_equal(weights, drawn != 0)
        for row, planned in zip(drawn, targets, strict=True):
            assert list(dict.fromkeys(strip(row))) == list(
                dict.fromkeys(strip(planned))
            )


def test_a_draw_of_too_many_tokens_is_passed_over():
    pairs = Pairs()
    pairs.max_length = 20
    drawn = contents(make(pairs, resample=resample))
    assert max(max(map(len, pair)) for pair in drawn) == 19
    planned = {strip(target) for _, target in pairs.rows}
    long = [target for _, target in drawn if target in planned and len(target) > 15]
    assert long, "rows that have no room for a draw are kept as they are"


def test_tf_dataset_is_the_same_batches():
    import tensorflow as tf

    batches = make()
    dataset = batches.to_tf_dataset()
    assert len(dataset) == len(batches)
    inputs, targets, weights = dataset.element_spec
    assert set(inputs) == {"encoder_token_ids", "decoder_token_ids"}
    for spec in (*inputs.values(), targets):
        assert spec.shape.as_list() == [None, None] and spec.dtype == tf.int32
    assert weights.shape.as_list() == [None, None] and weights.dtype == tf.float32

    def read():
        for inputs, targets, weights in dataset.as_numpy_iterator():
            assert np.array_equal(weights, targets != 0)
            yield inputs, targets, weights

    assert same(read(), make().epoch(0))
    assert same(read(), make().epoch(1))
    batches.next_epoch = 7
    assert same(read(), make().epoch(7))
    assert batches.next_epoch == 8


def test_tf_dataset_of_half_an_epoch_begins_the_next_one_anew():
    batches = make()
    dataset = batches.to_tf_dataset()
    half = list(dataset.take(2).as_numpy_iterator())
    assert same(half, list(make().epoch(0))[:2])
    assert same(dataset.as_numpy_iterator(), make().epoch(1))


def test_no_rows_no_batches():
    pairs = Pairs(0)
    assert list(make(pairs)) == []
