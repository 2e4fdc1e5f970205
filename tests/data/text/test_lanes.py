"""A text in lanes: nothing lost, nothing twice, each lane in its order."""

import itertools
import time

import numpy as np
import pytest

from seqkit.data import BatchedLanes, TokenStream
from seqkit.errors import SeqkitError

START, END = 2, 3
SHAPES = list(itertools.product([1, 2, 3, 7], [1, 2, 5, 16]))


def text(size):
    return TokenStream(np.arange(100, 100 + size, dtype=np.uint16), start_id=START)


def documents(*sizes):
    """Documents of so many tokens, all different."""
    rows, number = [], 100
    for size in sizes:
        rows.append([START, *range(number, number + size), END])
        number += size
    offsets = np.cumsum([0, *map(len, rows)])
    tokens = np.array([token for row in rows for token in row], np.int32)
    return TokenStream(tokens, offsets, start_id=START)


SIZES = np.random.default_rng(0).integers(0, 40, size=60).tolist()


def make(stream, batch_size=3, sequence_length=5, **options):
    return BatchedLanes(
        stream, batch_size=batch_size, sequence_length=sequence_length, **options
    )


def lanes_of(batches):
    """Inputs, targets, weights and `begins` of each lane, batch after batch."""
    batches = list(batches)
    inputs = np.concatenate([b[0]["token_ids"] for b in batches], axis=1)
    targets = np.concatenate([b[1] for b in batches], axis=1)
    weights = np.concatenate([b[2] for b in batches], axis=1)
    return inputs, targets, weights, np.stack([b[0]["begins"] for b in batches], axis=1)


def same(one, other):
    one, other = list(one), list(other)
    return len(one) == len(other) and all(
        np.array_equal(a, b)
        for x, y in zip(one, other, strict=True)
        for a, b in zip((*x[0].values(), *x[1:]), (*y[0].values(), *y[1:]), strict=True)
    )


@pytest.mark.parametrize("batch_size, length", SHAPES)
@pytest.mark.parametrize("size", [1, 2, 6, 30, 97])
def test_lanes_put_together_are_the_text(size, batch_size, length):
    stream = text(size)
    batches = make(stream, batch_size, length)
    inputs, targets, weights, begins = lanes_of(batches)
    kept = weights.astype(bool)
    # Lane after lane, row-major: the text, predicted from the text moved on by one.
    assert targets[kept].tolist() == stream.tokens.tolist()
    assert inputs[kept].tolist() == [START, *stream.tokens[:-1].tolist()]
    assert not inputs[~kept].any() and not targets[~kept].any()
    sizes = kept.sum(axis=1)
    assert sizes.max() - sizes.min() <= 1
    # Padding stands on the right alone, and less than a batch of it.
    assert np.array_equal(kept, np.arange(kept.shape[1]) < sizes[:, None])
    assert len(batches) == -(-sizes.max() // length)
    assert begins[:, 0].all() and not begins[:, 1:].any()


@pytest.mark.parametrize("stream", [text(50), documents(*SIZES)])
def test_shapes_and_types_are_always_the_same(stream):
    batches = make(stream, 4, 6)
    assert len(list(batches)) == len(batches) > 1
    for inputs, targets, weights in batches:
        arrays = inputs["token_ids"], targets, weights
        assert [a.shape for a in arrays] == [(4, 6)] * 3
        assert [a.dtype for a in arrays] == [np.int32, np.int32, np.float32]
        assert inputs["begins"].shape == (4,) and inputs["begins"].dtype == bool
        assert not any(isinstance(a, np.memmap) for a in arrays)


def test_a_batch_goes_on_where_the_last_one_ended():
    batches = list(make(text(60), 4, 5))
    for (_, before, _), (inputs, _, _) in itertools.pairwise(batches):
        assert np.array_equal(before[:, -1], inputs["token_ids"][:, 0])


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("batch_size, length", SHAPES)
@pytest.mark.parametrize("sizes", [[0], [4], [0, 0, 9], SIZES], ids=len)
def test_every_document_once_and_whole(sizes, batch_size, length, shuffle):
    stream = documents(*sizes)
    wanted = sorted(
        stream.tokens[start:stop].tolist()
        for start, stop in itertools.pairwise(stream.offsets)
    )
    batches = make(stream, batch_size, length, shuffle=shuffle)
    for epoch in range(2):
        inputs, targets, weights, begins = lanes_of(batches.epoch(epoch))
        assert weights.sum() == stream.num_targets
        assert not inputs[weights == 0].any() and not targets[weights == 0].any()
        found = []
        for lane in range(batch_size):
            for segment in range(len(batches)):
                span = slice(segment * length, (segment + 1) * length)
                count = int(weights[lane, span].sum())
                assert weights[lane, span].tolist() == [1] * count + [0] * (
                    length - count
                )
                given = inputs[lane, span].tolist()[:count]
                if begins[lane, segment] and count:
                    assert given[0] == START
                    found.append([])
                if count:
                    document = found[-1]
                    assert given[0] == START or given[0] == document.pop()
                    document += [*given, int(targets[lane, span][count - 1])]
                    assert given[1:] == targets[lane, span].tolist()[: count - 1]
        assert sorted(found) == wanted
        assert begins[:, 0].all() and begins.sum() == len(sizes) + sum(
            not weights[lane].any() for lane in range(batch_size)
        )


def test_documents_in_their_order_without_shuffle():
    stream = documents(*SIZES)
    inputs, _, weights, _ = lanes_of(make(stream, 1, 4, shuffle=False))
    whole = stream.tokens.tolist()
    ends = set((stream.offsets[1:] - 1).tolist())
    expected = [token for i, token in enumerate(whole) if i not in ends]
    assert inputs[weights > 0].tolist() == expected


@pytest.mark.parametrize("seed", range(5))
def test_lanes_of_documents_are_balanced(seed):
    sizes = np.random.default_rng(seed).integers(0, 100, size=300).tolist()
    batches = make(documents(*sizes), 8, 10, seed=seed)
    segments = sum(-(-(size + 1) // 10) for size in sizes)
    assert len(batches) <= -(-segments // 8) + 1
    long = make(documents(500, *[1] * 30), 8, 10)
    assert len(long) == 51


def test_order_is_a_function_of_seed_and_epoch():
    def batches(seed=3):
        return make(documents(*SIZES), 4, 6, seed=seed)

    running = batches()
    first, second = list(running), list(running)
    assert running.next_epoch == 2
    assert not same(first, second) and same(batches().epoch(1), second)
    assert same([batches().batch(1, step) for step in range(len(running))], second)
    assert not same(batches(4).epoch(1), second)
    running.next_epoch = 0
    assert same(running, first)
    assert same([batches().batch(5, 2)], list(batches().epoch(5))[2:3])


def test_documents_are_shuffled_across_lanes_and_in_them():
    batches = make(documents(*[3] * 40), 4, 4)
    lanes = [lanes_of(batches.epoch(epoch))[0][:, 1::4] for epoch in (0, 1)]
    assert set(lanes[0][0]) != set(lanes[1][0])
    few = make(documents(*range(0, 40, 4)), 1, 4)  # no two of as many segments
    first, second = (lanes_of(few.epoch(epoch))[1].tolist() for epoch in (0, 1))
    assert first != second


def test_without_shuffle_and_in_a_stream_epochs_are_equal():
    for batches in (make(documents(*SIZES), shuffle=False), make(text(50))):
        assert same(batches.epoch(0), batches.epoch(3))


def test_two_iterations_at_once_do_not_mix():
    batches = make(documents(*SIZES))
    both = list(zip(batches, batches, strict=True))
    assert same([one for one, _ in both], batches.epoch(0))
    assert same([other for _, other in both], batches.epoch(1))


@pytest.mark.parametrize("stream", [text(50), documents(*SIZES)])
def test_tf_dataset_is_the_same_batches(stream):
    import tensorflow as tf

    batches = make(stream, 4, 6)
    dataset = batches.to_tf_dataset()
    assert len(dataset) == len(batches)
    inputs, targets, weights = dataset.element_spec
    assert inputs["token_ids"] == targets == tf.TensorSpec((4, 6), tf.int32)
    assert inputs["begins"] == tf.TensorSpec((4,), tf.bool)
    assert weights == tf.TensorSpec((4, 6), tf.float32)

    def read(dataset):
        for inputs, targets, weights in dataset.as_numpy_iterator():
            inputs = {name: inputs[name] for name in ("token_ids", "begins")}
            yield inputs, targets, weights

    assert same(read(dataset), make(stream, 4, 6).epoch(0))
    half = list(read(dataset.take(2)))
    assert same(half, list(make(stream, 4, 6).epoch(1))[:2])
    batches.next_epoch = 7
    assert same(read(dataset), make(stream, 4, 6).epoch(7))


@pytest.mark.parametrize("kind", ["stream", "documents"])
def test_a_million_tokens_a_second(tmp_path, kind):
    tokens = np.arange(700_000, dtype=np.uint16)
    tokens.tofile(tmp_path / "tokens.bin")
    tokens = np.memmap(tmp_path / "tokens.bin", np.uint16, "r")
    offsets = np.arange(0, 700_001, 35) if kind == "documents" else None
    start = time.process_time()
    batches = make(TokenStream(tokens, offsets), 20, 35)
    count = sum(weights.sum() for *_, weights in batches)
    assert count / (time.process_time() - start) > 1e6


@pytest.mark.parametrize("name", ["batch_size", "sequence_length"])
def test_wrong_sizes(name):
    with pytest.raises(SeqkitError, match=f"{name}: expected at least 1, found 0"):
        make(text(9), **{name: 0})
