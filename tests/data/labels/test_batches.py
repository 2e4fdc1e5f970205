"""Texts and classes to batches: their contents, weights and epochs."""

import numpy as np
import pytest

from seqkit.data import BucketPlan, LabelledBatches
from seqkit.errors import DataError

NAMES = ["a", "b", "c"]
END = 3


class Texts:
    """What `LabelledBatches` needs of `TokenizedTexts`; texts are ids as words."""

    end_id = END

    def __init__(self, count=120, seed=0, multi_label=False, max_length=None):
        rng = np.random.default_rng(seed)
        self.rows = [rng.integers(4, 99, size=n) for n in rng.integers(0, 20, count)]
        many = [[n for n in NAMES if rng.random() < 0.4] for _ in self.rows]
        one = [[NAMES[i]] for i in rng.integers(0, 3, count)]
        self.names = many if multi_label else one
        self.max_length = max_length
        self.lengths = [len(row) for row in self.ended(self.rows)]

    def ended(self, ids):
        return [np.append(row, END)[: self.max_length] for row in ids]

    def token_ids(self, rows):
        return self.ended([self.rows[row] for row in rows])

    def texts(self, rows):
        return [" ".join(map(str, self.rows[row])) for row in rows]

    def labels(self):
        return self.names


def make(texts=None, budget=None, names=NAMES, **options):
    texts = texts or Texts(multi_label=options.get("multi_label", False))
    plan = {"seed": 3} | (budget or {"batch_tokens": 64})
    return LabelledBatches(texts, names, BucketPlan(texts.lengths, **plan), **options)


def contents(batches):
    """Ids, target and weight of the rows, sorted; without those filled in."""
    found = []
    for inputs, targets, weights in batches:
        for row, target, weight in zip(
            inputs["token_ids"], targets, weights, strict=True
        ):
            length = int((row != 0).sum())
            assert not row[length:].any(), "padding stands on the right alone"
            if weight:
                target = tuple(np.atleast_1d(target).tolist())
                found.append((row[:length].tolist(), target, float(weight)))
    return sorted(found)


def same(one, other):
    one, other = list(one), list(other)
    return len(one) == len(other) and all(
        np.array_equal(a[0]["token_ids"], b[0]["token_ids"])
        and np.array_equal(a[1], b[1])
        and np.array_equal(a[2], b[2])
        for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("budget", [{"batch_tokens": 64}, {"batch_size": 7}])
@pytest.mark.parametrize("static_shapes", [False, True])
@pytest.mark.parametrize("multi_label", [False, True])
def test_every_row_once_an_epoch_with_its_label(budget, static_shapes, multi_label):
    options = {"static_shapes": static_shapes, "multi_label": multi_label}
    texts = Texts(multi_label=multi_label)
    batches = make(texts, budget, **options)
    wanted = []
    for row, names in zip(texts.rows, texts.names, strict=True):
        target = [NAMES.index(names[0])] if not multi_label else None
        target = target or [float(name in names) for name in NAMES]
        wanted.append(([*row.tolist(), END], tuple(target), 1.0))
    for _ in range(2):
        epoch = list(batches)
        assert len(epoch) == len(batches)
        assert contents(epoch) == sorted(wanted)
        for inputs, targets, weights in epoch:
            assert inputs["token_ids"].dtype == np.int32
            assert weights.dtype == np.float32 and set(weights) <= {0, 1}
            kind, shape = (np.float32, (3,)) if multi_label else (np.int32, ())
            assert targets.dtype == kind
            assert targets.shape == (*weights.shape, *shape)


@pytest.mark.parametrize(
    "budget",
    [{"batch_tokens": 64, "bucket_width": 4}, {"batch_size": 9, "bucket_width": 4}],
)
def test_static_shapes(budget):
    batches = make(Texts(500), budget, static_shapes=True)
    shapes = set()
    for inputs, targets, weights in batches.epoch(0):
        shapes.add(inputs["token_ids"].shape)
        filled = inputs["token_ids"][weights == 0]
        # No row is padding alone: cuDNN fails on one.
        assert (filled[:, 0] == END).all() and not filled[:, 1:].any()
        assert not targets[weights == 0].any()
    assert len(shapes) <= len(np.unique(batches.plan.bounds))
    assert all(length % 4 == 0 for _, length in shapes)


@pytest.mark.parametrize("static_shapes", [False, True])
def test_class_weights(static_shapes):
    weights = [0.5, 2.0, 1.25]
    batches = make(class_weights=weights, static_shapes=static_shapes)
    found = contents(batches)
    assert len(found) == 120 and {target for _, target, _ in found} == {
        (0,),
        (1,),
        (2,),
    }
    assert all(weight == weights[target] for _, (target,), weight in found)


@pytest.mark.parametrize(
    "options",
    [
        {"class_weights": [1.0, 2.0]},
        {"class_weights": [1.0, -1.0, 1.0]},
        {"class_weights": [1.0, np.nan, 1.0]},
        {"class_weights": [1.0, 1.0, 1.0], "multi_label": True},
    ],
)
def test_wrong_class_weights(options):
    with pytest.raises(ValueError, match="class_weights: expected"):
        make(**options)


def test_wrong_labels():
    with pytest.raises(DataError, match="one of the labels 'a', 'b', found 'c'. Lab"):
        make(names=NAMES[:2])
    texts = Texts(multi_label=True)
    row = next(i for i, names in enumerate(texts.names) if len(names) != 1)
    with pytest.raises(DataError, match=f"^row {row}: expected one label, found "):
        make(texts, multi_label=False)


def test_labels_that_are_ignored():
    batches = make(names=NAMES[:2], ignore_unknown=True)
    every = make()
    for one, other in zip(batches.epoch(0), every.epoch(0), strict=True):
        unknown = other[1] == 2
        assert np.array_equal(one[2], np.where(unknown, 0, other[2]))
        assert np.array_equal(one[1], np.where(unknown, 0, other[1]))
    options = {"multi_label": True}
    several = make(Texts(**options), names=NAMES[:2], ignore_unknown=True, **options)
    every = make(Texts(**options), **options)
    for one, other in zip(several.epoch(0), every.epoch(0), strict=True):
        assert np.array_equal(one[1], other[1][:, :2])


def test_a_message_lists_ten_labels():
    texts = Texts()
    with pytest.raises(DataError) as error:
        make(texts, names=[f"label {n}" for n in range(1000)])
    assert "'label 9', … (1,000 in all), found" in str(error.value)


def resample(texts, seeds):
    """An encoder at random: some words of a text are doubled."""
    rngs = [np.random.default_rng(seed) for seed in seeds]
    rows = [[int(word) for word in text.split()] for text in texts]
    return [
        [i for one in row for i in [one] * int(rng.integers(1, 3))]
        for row, rng in zip(rows, rngs, strict=True)
    ]


@pytest.mark.parametrize("static_shapes", [False, True])
def test_draws_are_functions_of_seed_epoch_and_step(static_shapes):
    options = {"static_shapes": static_shapes}
    batches, plain = make(resample=resample, **options), make(**options)
    epoch = list(batches.epoch(4))
    assert same(epoch, make(resample=resample, **options).epoch(4))
    assert not same(epoch, plain.epoch(4))
    assert same([batches.batch(4, 2)], [epoch[2]])
    if static_shapes:
        assert [one[0]["token_ids"].shape for one in epoch] == [
            one[0]["token_ids"].shape for one in plain.epoch(4)
        ]
    # The same rows in the same places, cut in another way.
    for one, other in zip(epoch, plain.epoch(4), strict=True):
        assert np.array_equal(one[1], other[1]) and np.array_equal(one[2], other[2])
        for drawn, row in zip(one[0]["token_ids"], other[0]["token_ids"], strict=True):
            assert list(dict.fromkeys(drawn[drawn > 0])) == list(
                dict.fromkeys(row[row > 0])
            )


def test_a_long_draw_is_cut_like_its_text():
    texts = Texts(max_length=10)
    assert max(len(row) for row, _, _ in contents(make(texts))) == 10
    drawn = contents(make(texts, resample=resample))
    assert max(len(row) for row, _, _ in drawn) == 10


@pytest.mark.parametrize("multi_label", [False, True])
def test_tf_dataset_is_the_same_batches(multi_label):
    import tensorflow as tf

    batches = make(multi_label=multi_label)
    dataset = batches.to_tf_dataset()
    inputs, targets, weights = dataset.element_spec
    assert inputs["token_ids"].shape.as_list() == [None, None]
    expected = ([None, 3], tf.float32) if multi_label else ([None], tf.int32)
    assert (targets.shape.as_list(), targets.dtype) == expected
    assert weights.shape.as_list() == [None] and weights.dtype == tf.float32
    other = make(multi_label=multi_label)
    assert same(dataset.as_numpy_iterator(), other.epoch(0))
    assert same(dataset.as_numpy_iterator(), other.epoch(1))


def test_no_rows_no_batches():
    assert list(make(Texts(0))) == []
