"""Sentences as numbers of types: the same words come back, little memory is taken."""

import tracemalloc

import datasets
import numpy as np
import pytest

from seqkit.data import IndexedSentences
from seqkit.data.tags import sentences
from seqkit.errors import DataError

ROWS = [["a", "rose", "is", "a", "rose"], ["it", "is"], ["🤖"], ["Is", "it", "\u2028"]]


@pytest.fixture
def make(tmp_path):
    def run(rows=ROWS, **options):
        if not isinstance(rows, datasets.Dataset):
            rows = datasets.Dataset.from_dict({"tokens": rows})
        return IndexedSentences.make(rows, cache_dir=tmp_path, **options)

    return run


def strings(made, rows):
    return [[made.types[number] for number in row] for row in made.rows(rows)]


@pytest.mark.parametrize("rows_at_once", [1, 3, 2000])
def test_the_strings_come_back(make, monkeypatch, rows_at_once):
    monkeypatch.setattr(sentences, "_ROWS", rows_at_once)
    made = make(ROWS * 5)
    assert len(made) == 20 and made.lengths.tolist() == [len(row) for row in ROWS] * 5
    assert made.types == ["a", "rose", "is", "it", "🤖", "Is", "\u2028"]
    order = np.random.default_rng(0).permutation(20)
    assert strings(made, order) == [ROWS[i % 4] for i in order]
    assert strings(made, [3]) == [ROWS[3]] and made.rows([]) == []
    assert made.rows([0])[0].dtype == np.int32
    positions, lengths = made.positions([1, 0])
    assert positions.tolist() == [5, 6, 0, 1, 2, 3, 4] and lengths.tolist() == [2, 5]


def test_selected_rows(make):
    dataset = datasets.Dataset.from_dict({"tokens": ROWS * 3})
    picked = dataset.select([6, 1, 3])
    assert strings(make(picked), range(3)) == [ROWS[2], ROWS[1], ROWS[3]]


def test_a_second_start_numbers_nothing(make, monkeypatch):
    dataset = datasets.Dataset.from_dict({"tokens": ROWS, "tags": ROWS[::-1]})
    first = make(dataset)
    with monkeypatch.context() as patch:
        again = "numbered again"
        patch.setattr(sentences, "_write", lambda *_: pytest.fail(again))
        again = make(dataset)
    assert np.array_equal(first.tokens, again.tokens) and first.types == again.types
    assert isinstance(again.tokens, np.memmap)
    assert strings(make(dataset, column="tags"), range(4)) == ROWS[::-1]
    assert strings(make(dataset.select([1])), [0]) == ROWS[1:2]


def test_changed_rows(make):
    def upper(row):
        return [string.upper() for string in row]

    made = make(change=upper, fingerprint="upper")
    assert strings(made, range(4)) == [upper(row) for row in ROWS]
    assert strings(make(), range(4)) == ROWS
    with pytest.raises(ValueError, match="as long as"):
        make(change=lambda row: row[1:], fingerprint="shorter")
    with pytest.raises(ValueError, match="both of change and fingerprint"):
        make(change=upper)


def test_nothing_to_number(make, tmp_path):
    empty = datasets.Dataset.from_dict(
        {"tokens": [[]]},
        features=datasets.Features(
            {"tokens": datasets.Sequence(datasets.Value("string"))}
        ),
    )
    with pytest.raises(DataError, match="at least one string in 'tokens'"):
        make(empty)
    assert [one.name for one in tmp_path.iterdir()] in ([], ["locks"])


def test_memory_does_not_grow_with_the_corpus(make):
    def peak(rows):
        dataset = datasets.Dataset.from_dict({"tokens": rows})
        tracemalloc.start()
        try:
            made = make(dataset)
            made.rows(np.arange(10))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    rows = [["a", "few", "words", "again", "and", "again"]] * 4000
    peak(rows[:10])
    # Beyond the rows read at once only `lengths` grows, by 8 bytes a sentence.
    assert peak(rows * 6) - peak(rows) < 3 * 8 * 5 * len(rows)
