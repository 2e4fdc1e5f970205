"""Tagged sentences to batches, against a loop over the words."""

import keras
import numpy as np
import pytest

from seqkit.data import BucketPlan, IndexedSentences, TaggedBatches

TYPES, WORDS, LABELS, TAGS = 30, 12, 4, 5


class Data:
    """Sentences of numbers, with tags, labels and tables of their types."""

    def __init__(self, count=150, seed=0):
        rng = np.random.default_rng(seed)
        lengths = rng.integers(1, 20, size=count)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        tokens = rng.integers(0, TYPES, size=offsets[-1])
        names = [f"w{number}" for number in range(TYPES)]
        self.sentences = IndexedSentences(names, tokens, offsets)
        self.tags = rng.integers(0, TAGS, size=len(tokens))
        self.labels = rng.integers(0, LABELS, size=count)
        sizes = rng.integers(1, 9, size=TYPES)
        characters = rng.integers(1, 50, size=(TYPES, 8))
        self.tables = {
            "word_ids": rng.integers(1, WORDS, size=TYPES),
            "character_ids": characters * (np.arange(8) < sizes[:, None]),
            "shape_ids": rng.integers(1, 6, size=TYPES),
        }

    def tags_of(self, rows):
        offsets = self.sentences.offsets
        return [self.tags[offsets[r] : offsets[r + 1]].tolist() for r in rows]

    def words(self, row, rate=None):
        """What is expected of a sentence, word by word."""
        offsets = self.sentences.offsets
        for place in range(offsets[row], offsets[row + 1]):
            kind = self.sentences.tokens[place]
            yield (
                self.tables["word_ids"][kind],
                [c for c in self.tables["character_ids"][kind].tolist() if c],
                self.tables["shape_ids"][kind],
                self.tags[place],
            )


def make(data=None, budget=None, tags=None, **options):
    data = data or Data()
    budget = {"seed": 3} | (budget or {"batch_tokens": 128})
    plan = BucketPlan(data.sentences.lengths, **budget)
    tags = data.tags if tags is None else tags
    return TaggedBatches(data.sentences, tags, data.tables, plan, **options)


def read(batch):
    """The sentences of a batch, word by word, and their labels."""
    inputs, targets = batch
    words, characters = inputs["word_ids"], inputs["character_ids"]
    found = []
    for i in range(len(words)):
        length = np.count_nonzero(words[i])
        for array in (words, characters, inputs["shape_ids"], targets["tags"]):
            assert not np.any(array[i, length:])  # padding stands on the right alone
        found.append(
            [
                (
                    words[i, t],
                    [c for c in characters[i, t].tolist() if c],
                    inputs["shape_ids"][i, t],
                    targets["tags"][i, t],
                )
                for t in range(length)
            ]
        )
    return found


@pytest.mark.parametrize("static_shapes", [False, True])
@pytest.mark.parametrize("callable_tags", [False, True])
def test_every_sentence_exactly_once_an_epoch(static_shapes, callable_tags):
    data = Data()
    tags = data.tags_of if callable_tags else None
    batches = make(data, tags=tags, labels=data.labels, static_shapes=static_shapes)
    for epoch in range(2):
        planned = batches.plan.batches(epoch)
        assert len(planned) == len(batches) > 5
        for rows, batch in zip(planned, batches.epoch(epoch), strict=True):
            found = read(batch)
            wanted = [list(data.words(row)) for row in rows]
            assert found[: len(rows)] == wanted
            assert not any(found[len(rows) :])
            label = batch[1]["label"]
            assert label[: len(rows)].tolist() == data.labels[rows].tolist()
            assert not label[len(rows) :].any()


def test_shapes_and_types():
    batches = make(labels=Data().labels)
    widths = set()
    for inputs, targets in batches:
        shape = inputs["word_ids"].shape
        assert shape[0] * shape[1] <= 128
        assert inputs["shape_ids"].shape == targets["tags"].shape == shape
        assert inputs["character_ids"].shape[:2] == shape
        assert targets["label"].shape == shape[:1]
        for array in (*inputs.values(), *targets.values()):
            assert array.dtype == np.int32
        # As long as the longest word and sentence.
        assert (
            inputs["character_ids"][..., -1].any() and inputs["word_ids"][:, -1].any()
        )
        widths.add(inputs["character_ids"].shape[2])
    assert max(widths) <= 8


def test_words_without_characters():
    data = Data()
    data.tables["character_ids"][:] = 0
    inputs, _ = make(data).batch(0, 0)
    assert inputs["character_ids"].shape == (*inputs["word_ids"].shape, 1)
    del data.tables["character_ids"], data.tables["shape_ids"]
    assert list(make(data).batch(0, 0)[0]) == ["word_ids"]


def test_a_hole_in_a_word_is_no_end_of_it():
    data = Data()
    data.tables["character_ids"][:] = [5, 0, 7, 0, 0, 0, 0, 0]
    inputs, _ = make(data).batch(0, 0)
    assert inputs["character_ids"][0, 0].tolist() == [5, 0, 7]


@pytest.mark.parametrize("budget", [{"batch_tokens": 160}, {"batch_size": 9}])
def test_static_shapes_are_no_more_than_buckets(budget):
    data = Data(800)
    batches = make(data, budget | {"bucket_width": 4}, static_shapes=True)
    shapes = {
        (*inputs["character_ids"].shape, *targets["tags"].shape)
        for epoch in range(2)
        for inputs, targets in batches.epoch(epoch)
    }
    assert len(shapes) <= len(np.unique(batches.plan.bounds)) <= 5


def test_words_become_unknown_at_their_rate():
    data = Data(2000)
    rate = np.linspace(0, 1, WORDS)
    rate[2] = 0
    with_unknown, without = make(data, unknown_rate=rate), make(data)
    gone, seen = np.zeros(WORDS), np.zeros(WORDS)
    for step in range(len(without)):
        (given, tags), (changed, same) = (
            each.batch(0, step) for each in (without, with_unknown)
        )
        word_ids, now = given.pop("word_ids"), changed.pop("word_ids")
        for name in given:  # all else stays
            assert np.array_equal(given[name], changed[name])
        assert np.array_equal(tags["tags"], same["tags"])
        assert np.all((now == word_ids) | (now == 1))
        np.add.at(seen, word_ids.ravel(), 1)
        np.add.at(gone, word_ids[now != word_ids], 1)
    assert gone[0] == gone[2] == 0  # neither padding nor what has the rate 0
    part = gone[3:] / seen[3:]
    assert np.abs(part - rate[3:]).max() < 0.06 and part[-1] == 1


def test_a_batch_is_a_function_of_seed_epoch_and_step():
    rate = np.full(WORDS, 0.5)

    def words(batches, epoch, step):
        return batches.batch(epoch, step)[0]["word_ids"]

    one, other = make(unknown_rate=rate), make(unknown_rate=rate)
    list(one)
    for epoch, step in [(1, 3), (0, 2), (5, 0)]:
        assert np.array_equal(words(one, epoch, step), words(other, epoch, step))
    plain = {"batch_tokens": 128, "shuffle": False}
    fixed = make(budget=plain, unknown_rate=rate)
    assert not np.array_equal(words(fixed, 0, 1), words(fixed, 1, 1))
    assert not np.array_equal(words(fixed, 0, 1), words(fixed, 0, 1) * 0 + 1)
    seeded = make(budget=plain | {"seed": 4}, unknown_rate=rate)
    assert not np.array_equal(words(fixed, 0, 1), words(seeded, 0, 1))


def test_what_does_not_fit():
    data = Data()
    with pytest.raises(ValueError, match="one for each token"):
        make(data, tags=data.tags[:-1])
    with pytest.raises(ValueError, match="tag_ids: expected .* tags for rows"):
        make(data, tags=lambda rows: [[0]] * len(rows)).batch(0, 0)
    data.tables["shape_ids"] = data.tables["shape_ids"][1:]
    with pytest.raises(ValueError, match="30 types in 'shape_ids', found 29"):
        make(data)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="tf.data")
def test_as_a_tf_dataset():
    data = Data(40)
    batches = make(data, labels=data.labels)
    for (inputs, targets), (own, own_targets) in zip(
        batches.to_tf_dataset(), batches.epoch(0), strict=True
    ):
        for name, array in own.items():
            assert np.array_equal(inputs[name], array)
        for name, array in own_targets.items():
            assert np.array_equal(targets[name], array)
