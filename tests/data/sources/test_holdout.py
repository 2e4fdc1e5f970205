"""Held-out rows: a function of text and seed, with no text on both sides."""

import collections
import random

import datasets
import pytest

from seqkit.data import load_labelled, load_tagged
from seqkit.data.sources import holdout
from seqkit.errors import DataError


@pytest.fixture
def split(tmp_path):
    def run(texts, **options):
        rows = datasets.Dataset.from_dict({"text": texts, "row": range(len(texts))})
        parts = holdout.hold_out(rows, "text", cache_dir=tmp_path, **options)
        return [list(part["text"]) for part in parts]

    return run


TEXTS = [f"text {number}" for number in range(1000)]


def test_every_row_is_on_one_side_in_its_old_order(split):
    train, held = split(TEXTS, fraction=0.1)
    assert (len(train), len(held)) == (900, 100)
    assert sorted(train + held) == sorted(TEXTS)
    assert train == [text for text in TEXTS if text in set(train)]


def test_order_of_rows_does_not_matter_but_the_seed_does(split):
    shuffled = random.Random(0).sample(TEXTS, len(TEXTS))
    chosen = set(split(TEXTS)[1])
    assert chosen == set(split(TEXTS)[1]) == set(split(shuffled)[1])
    assert chosen != set(split(TEXTS, seed=1)[1])


def test_number_instead_of_fraction_and_the_most_of_a_fraction(split, monkeypatch):
    assert len(split(TEXTS, fraction=7)[1]) == 7
    assert len(split(TEXTS, fraction=5000)[0]) == 1
    monkeypatch.setattr(holdout, "MOST", 20)
    assert len(split(TEXTS)[1]) == 20


@pytest.mark.parametrize("seed", range(20))
def test_equal_texts_stay_together(split, seed):
    random_texts = random.Random(seed).choices(TEXTS[:300], k=1000) + ["often"] * 600
    train, held = split(random_texts, fraction=0.1, seed=seed)
    assert not set(train) & set(held)
    assert 150 <= len(held) <= 160
    together = collections.Counter(train) + collections.Counter(held)
    assert together == collections.Counter(random_texts)


def test_every_text_repeats_too_often(split):
    train, held = split(["a"] * 50 + ["b"] * 40, fraction=1)
    assert (set(train), set(held)) == ({"a"}, {"b"})


@pytest.mark.parametrize("texts", [["a"], ["a"] * 9])
def test_nothing_to_hold_out(split, texts):
    with pytest.raises(DataError, match="validation_fraction=0"):
        split(texts)


def test_two_texts(split):
    train, held = split(["a", "b"])
    assert len(train) == len(held) == 1


def test_result_is_mapped_into_memory_and_known_again(tmp_path):
    rows = datasets.Dataset.from_dict({"text": TEXTS})
    first = holdout.hold_out(rows, "text", cache_dir=tmp_path)
    again = holdout.hold_out(rows, "text", cache_dir=tmp_path)
    for one, other in zip(first, again, strict=True):
        assert one.cache_files == other.cache_files != []
        assert one._fingerprint == other._fingerprint
        assert one._indices is None


@pytest.mark.parametrize("seed", range(10))
def test_every_label_keeps_examples(tmp_path, seed):
    draw = random.Random(seed)
    sizes = {"often": 600, "rare": 60, "three": 3, "two": 2, "one": 1}
    labels = [name for name, size in sizes.items() for _ in range(size)]
    draw.shuffle(labels)
    columns = {"text": TEXTS[: len(labels)], "label": labels}
    rows = datasets.Dataset.from_dict(columns)
    options = {"seed": seed, "cache_dir": tmp_path, "labels": ["label"]}
    train, held = holdout.hold_out(rows, "text", fraction=0.1, **options)
    assert len(held) == 67
    counts = collections.Counter(held["label"])
    assert abs(counts["often"] - 60) <= 1 and abs(counts["rare"] - 6) <= 1
    left = collections.Counter(train["label"])
    assert left["two"] == 2 and left["one"] == 1 and left["three"] >= 2
    shuffled = rows.shuffle(seed=seed)
    again = holdout.hold_out(shuffled, "text", fraction=0.1, **options)[1]
    assert set(again["text"]) == set(held["text"])
    one = holdout.hold_out(rows, "text", fraction=1, **options)[1]
    assert list(one["label"]) == ["often"]


def test_lists_of_labels_keep_examples(tmp_path):
    lists = [["a", "b"], ["a"], ["b", "c"], ["a"], ["a"], ["b"], [], []] * 2
    columns = {"text": TEXTS[:16], "labels": lists}
    train, held = holdout.hold_out(
        datasets.Dataset.from_dict(columns),
        "text",
        fraction=8,
        cache_dir=tmp_path,
        labels=["labels"],
    )
    left = collections.Counter(name for names in train["labels"] for name in names)
    assert len(held) == 8 and left["c"] == 2 and left["a"] >= 2 and left["b"] >= 2


def test_repeated_texts_with_labels(tmp_path):
    columns = {"text": [*["a"] * 9, *["b"] * 9, *["c"] * 8], "label": ["x", "y"] * 13}
    rows = datasets.Dataset.from_dict(columns)
    options = {"cache_dir": tmp_path, "labels": ["label"]}
    assert set(holdout.hold_out(rows, "text", fraction=1, **options)[1]["text"]) == {
        "c"
    }


def test_nothing_can_be_held_out_of_rare_labels(tmp_path):
    splits = load_labelled([("a", "x"), ("b", "y"), ("c", "y")], cache_dir=tmp_path)
    assert list(splits) == ["train"] and len(splits["train"]) == 3
    assert "validation: nothing is held out of train" in splits.notes[0]
    rows = [([f"w{n}"], ["B-PER" if n else "B-ONE"]) for n in range(40)]
    splits = load_tagged(rows, cache_dir=tmp_path, validation_fraction=0.5)
    assert splits["train"]["tags"][:].count(["B-ONE"]) == 1
    assert len(splits["validation"]) == 20
