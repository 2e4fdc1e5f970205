"""Held-out rows: a function of text and seed, with no text on both sides."""

import collections
import random

import datasets
import pytest

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
