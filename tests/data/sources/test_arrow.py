"""Stored rows: never stale, never half written."""

import os

import datasets
import pytest

from seqkit.data.pairs.loading import load_pairs
from seqkit.data.sources import arrow
from seqkit.errors import DataError


@pytest.fixture
def load(tmp_path):
    def run(dataset, **options):
        options = {"source": "en", "target": "de", "validation_fraction": 0} | options
        return load_pairs(dataset, cache_dir=tmp_path / "cache", **options)["train"]

    return run


@pytest.fixture
def stored(monkeypatch):
    calls = []
    write = arrow._write
    monkeypatch.setattr(arrow, "_write", lambda *a: calls.append(a) or write(*a))
    return calls


def test_file_is_stored_once_and_again_when_its_bytes_change(tmp_path, load, stored):
    path = tmp_path / "train.tsv"
    path.write_text("dog\tHund\n")
    times = os.stat(path).st_atime_ns, os.stat(path).st_mtime_ns
    first = load(path)
    assert load(path)._fingerprint == first._fingerprint and len(stored) == 1
    path.write_text("cat\tHund\n")  # of the same size
    os.utime(path, ns=times)  # and the same time
    changed = load(path)
    assert changed[0]["source"] == "cat" and first[0]["source"] == "dog"
    assert changed._fingerprint != first._fingerprint and len(stored) == 2


def test_columns_are_part_of_the_identity(tmp_path, load):
    path = tmp_path / "train.tsv"
    path.write_text("en\tde\tfr\ndog\tHund\tchien\n")
    assert load(path)[0] == {"source": "dog", "target": "Hund"}
    assert load(path, target="fr")[0] == {"source": "dog", "target": "chien"}
    assert load(path, source="de", target="en")[0]["source"] == "Hund"


def test_what_has_no_identity_is_known_by_its_content(tmp_path, load):
    first, same = (load([("a", "b"), ("c", "d")]) for _ in range(2))
    assert first._fingerprint == same._fingerprint
    assert load([("a", "b"), ("c", "e")])._fingerprint != first._fingerprint
    streamed = datasets.Dataset.from_list([{"en": "a", "de": "b"}])
    assert len(load(streamed.to_iterable_dataset())) == 1
    assert len(list((tmp_path / "cache").iterdir())) == 3


def test_skipping_does_not_make_bad_rows_good(tmp_path, load):
    path = tmp_path / "train.tsv"
    path.write_text("dog\tHund\ncat\t\n")
    assert len(load(path, on_error="skip")) == 1
    with pytest.raises(DataError, match='line 2.*on_error="skip"'):
        load(path)


def test_nothing_is_left_of_a_failure(tmp_path, load):
    with pytest.raises(DataError):
        load([("a", "b")] * 5000 + [("", "")])
    assert [one.name for one in (tmp_path / "cache").iterdir()] in ([], ["locks"])


def test_somebody_else_stores_the_same_meanwhile(tmp_path, load, monkeypatch):
    path = tmp_path / "train.tsv"
    path.write_text("dog\tHund\n")
    write = arrow._write

    def slow(*arguments):
        monkeypatch.setattr(arrow, "_write", write)
        load(path)
        return write(*arguments)

    monkeypatch.setattr(arrow, "_write", slow)
    assert load(path)[0]["target"] == "Hund"
    assert len([p for p in (tmp_path / "cache").iterdir() if p.name != "locks"]) == 1


def test_more_rows_than_a_batch(load):
    rows = [(f"a {number}", f"b {number}") for number in range(2 * arrow._ROWS + 1)]
    dataset = load(rows)
    assert list(dataset["target"]) == [target for _, target in rows]
    assert dataset.cache_files
