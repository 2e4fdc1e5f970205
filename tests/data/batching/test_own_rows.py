"""Parts of batches, made alone, are together the batch."""

from typing import Any

import keras
import numpy as np
import pytest

from seqkit.data import (
    BatchedLanes,
    BatchedPairs,
    BucketedBatches,
    BucketPlan,
    CaptionBatches,
    IndexedSentences,
    LabelledBatches,
    OwnRows,
    PointBatches,
    RegionFeatures,
    ScaledSeries,
    SourceWords,
    SpeechBatches,
    TaggedBatches,
    TokenizedCaptions,
    TokenStream,
    WindowBatches,
)
from seqkit.data.batching.epochs import Epochs

RNG = np.random.default_rng(0)


def double(texts, seeds):
    """Draws how often each token of a text is doubled."""
    rngs = map(np.random.default_rng, seeds)
    return [
        np.repeat(ids, rng.integers(1, 3)) for ids, rng in zip(texts, rngs, strict=True)
    ]


class Rows:
    """Rows of ids, which are their own texts."""

    def __init__(self, sides, most=11, count=37):
        lengths = RNG.integers(1, most, (count, sides))
        self.ids = [[np.arange(4, 4 + n) for n in row] for row in lengths]
        self.lengths, self.max_length, self.end_id = lengths + 1, 2 * most, 3

    def __len__(self):
        return len(self.ids)


class Pairs(Rows):
    limits = 99, 99

    def token_ids(self, rows):
        return [[self.ids[row][side] for row in rows] for side in (0, 1)]

    texts = token_ids


class Texts(Rows):
    def texts(self, rows):
        return [self.ids[row][0] for row in rows]

    def token_ids(self, rows):
        return self.ended(self.texts(rows))

    def ended(self, ids):
        return [np.append(one, self.end_id) for one in ids]

    def labels(self):
        return [["ab"[row % 2]] for row in range(len(self))]


def pairs():
    rows: Any = Pairs(2)
    plan = BucketPlan(rows.lengths, batch_tokens=64, bucket_width=8, seed=3)

    def resample(source, target, seeds):
        return double(source, seeds), double(target, seeds)

    return BatchedPairs(rows, plan, resample=resample, static_shapes=True)


def copied():
    """Pairs of which words above 8 are numbered anew in each row."""
    rows: Any = Pairs(2)
    plan = BucketPlan(rows.lengths, batch_size=7, bucket_width=8, seed=3)
    return BatchedPairs(rows, plan, number=SourceWords(9, 3), static_shapes=True)


def sounds():
    sizes = RNG.integers(60, 900, 19)
    plan = BucketPlan(-(-sizes // 100), batch_size=6, bucket_width=3, seed=3)
    return SpeechBatches(
        [RNG.normal(size=n).astype("float32") for n in sizes],
        [np.arange(4, 5 + row % 5) for row in range(30)],
        np.arange(19),
        plan,
        unit=100,
        static_shapes=True,
    )


def labelled():
    rows: Any = Texts(1)
    plan = BucketPlan(rows.lengths, batch_size=8, bucket_width=4, seed=3)
    return LabelledBatches(rows, "ab", plan, resample=double, static_shapes=True)


def tagged():
    lengths = RNG.integers(1, 9, 23)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    tokens = RNG.integers(0, 6, offsets[-1])
    sentences = IndexedSentences(list("abcdef"), tokens, offsets)
    tables = {"word_ids": np.arange(4, 10)}
    tables["character_ids"] = RNG.integers(1, 9, (6, 3))
    plan = BucketPlan(sentences.lengths, batch_size=6, bucket_width=4, seed=3)
    return TaggedBatches(
        sentences,
        RNG.integers(1, 5, len(tokens)),
        tables,
        plan,
        unknown_rate=np.full(10, 0.5),
        labels=np.arange(23),
        static_shapes=True,
    )


def captioned(by_image):
    counts = RNG.integers(1, 4, 19)
    images = np.repeat(np.arange(19), counts)
    lengths = RNG.integers(1, 9, len(images))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    captions = TokenizedCaptions(
        list(range(19)), RNG.integers(4, 99, offsets[-1]), offsets, images, 20
    )
    features = RegionFeatures(RNG.normal(size=[19, 4, 3]).astype("float16"))
    lengths = captions.longest if by_image else captions.lengths
    plan = BucketPlan(lengths, batch_size=4, bucket_width=4, seed=3)
    return CaptionBatches(
        captions, features, plan, static_shapes=True, by_image=by_image
    )


def lanes(documents):
    offsets = np.array([0, 9, 30, 33, 50, 71, 90]) if documents else None
    stream = TokenStream(np.arange(11, 101), offsets)
    return BatchedLanes(stream, batch_size=8, sequence_length=5, seed=3)


def windows():
    values = RNG.normal(size=(40, 2))
    one = ScaledSeries(
        values, values > -1, values, values[:, :1], 0, [""] * len(values)
    )
    return WindowBatches([one], look_back=6, horizon=2, batch_size=8, shuffle=True)


def points():
    sizes = RNG.integers(3, 9, 21)
    orders = [np.arange(1 + n // 2) for n in sizes]
    rows = [RNG.normal(size=(n, 2)) for n in sizes], orders
    plan = BucketPlan(sizes, batch_size=8, bucket_width=4, seed=3)

    def turned(points, order, generator):
        return points * generator.choice([-1, 1]), order

    return PointBatches(lambda epoch: rows, plan, transform=turned, static_shapes=True)


class Outside(Epochs):
    """Batches of somebody else, which cannot make parts alone."""

    def __len__(self):
        return 3

    def batch(self, epoch, step):
        rows = np.arange(5 + step)
        return {"x": rows}, rows

    def signature(self):
        return None


MADE = {
    "pairs": pairs,
    "copied": copied,
    "sounds": sounds,
    "labelled": labelled,
    "tagged": tagged,
    "captions": lambda: captioned(False),
    "captions by image": lambda: captioned(True),
    "stream": lambda: lanes(False),
    "documents": lambda: lanes(True),
    "windows": windows,
    "points": points,
    "outside": Outside,
}


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("name", MADE)
def test_parts_are_the_batch(name, count):
    whole = MADE[name]()
    parts = [OwnRows(whole, index, count) for index in range(count)]
    assert {len(part) for part in parts} == {len(whole)}
    for epoch in (0, 3):
        for step in range(len(whole)):
            batch = whole.batch(epoch, step)
            made = [part.batch(epoch, step) for part in parts]
            shapes = [keras.tree.map_structure(np.shape, one) for one in made]
            assert all(one == shapes[0] for one in shapes)
            inputs, targets, *weights = batch
            real = _real_rows(whole, epoch, step, batch)
            together = keras.tree.map_structure(lambda *a: np.concatenate(a), *made)
            mine, theirs = _pairs(together[:2]), _pairs((inputs, targets))
            for one, other in zip(mine, theirs, strict=True):
                rows = real * (len(other) // _rows(batch))
                np.testing.assert_array_equal(one[:rows], other[:rows])
                # Padding, of which nothing counts, penalties of the model's neither.
                assert not one[len(other) :].any()
            each = len(together[2]) // _rows(together)
            if weights:
                kept = weights[0][: real * each]
                np.testing.assert_array_equal(together[2][: real * each], kept)
            assert not together[2][real * each :].any()


def _pairs(nested):
    return [np.asarray(one) for one in keras.tree.flatten(nested)]


def _rows(batch):
    return min(map(len, keras.tree.flatten(batch)))


def _real_rows(whole, epoch, step, batch):
    """The rows that do not only fill a batch up."""
    if isinstance(whole, BucketedBatches):
        return len(whole.rows(epoch, step))
    return _rows(batch)


@pytest.mark.parametrize("name", MADE)
def test_only_the_part_is_made(name, monkeypatch):
    if name == "outside":
        pytest.skip("it makes whole batches")
    whole = MADE[name]()

    def refuse(*_):
        raise AssertionError("a whole batch was made")

    monkeypatch.setattr(whole, "batch", refuse)
    for step in range(len(whole)):
        OwnRows(whole, 1, 4).batch(0, step)


def test_signature_has_any_number_of_rows():
    inputs, targets, weights = OwnRows(lanes(False), 0, 2).signature()
    assert inputs["begins"].shape == (None,) and targets.shape == (None, 5)
    assert weights.dtype == "float32"


def test_rows_are_a_multiple_of_all_devices():
    batch = OwnRows(windows(), 0, 2, multiple=16).batch(0, 0)
    assert len(batch[1]) == 8  # half of 8 windows, and 8 rows that fill up
