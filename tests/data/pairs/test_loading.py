"""Sentence pairs: from every kind of dataset, checked, with their splits."""

import json
import time
from pathlib import Path

import datasets
import pyarrow
import pyarrow.parquet
import pytest

from seqkit.data.pairs.loading import load_pairs
from seqkit.errors import DataError

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"
ROWS = [(f"sentence {number}", f"Satz {number}") for number in range(40)]


@pytest.fixture
def load(tmp_path):
    def run(dataset, **options):
        options = {"source": "en", "target": "de"} | options
        return load_pairs(dataset, cache_dir=tmp_path / "cache", **options)

    return run


def pairs(dataset):
    return list(zip(dataset["source"], dataset["target"], strict=True))


def test_two_string_columns_mapped_into_memory(load):
    train = load(ROWS, validation_fraction=0)["train"]
    assert train.column_names == ["source", "target"]
    assert train.features["source"] == datasets.Value("string")
    assert train.cache_files and pairs(train) == ROWS


def test_translation_column(load, tmp_path):
    rows = [{"translation": {"en": en, "de": de}} for en, de in ROWS]
    path = tmp_path / "train.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    for dataset in (datasets.Dataset.from_list(rows), path, rows):
        assert pairs(load(dataset, validation_fraction=0)["train"]) == ROWS
    with pytest.raises(DataError, match="a column 'fr', found 'en', 'de'|'de', 'en'"):
        load(rows, target="fr")


def test_hub_translation(load, monkeypatch):
    rows = [{"translation": dict(zip(("en", "de"), row, strict=True))} for row in ROWS]
    feature = {"translation": datasets.Translation(languages=["de", "en"])}
    split = datasets.Dataset.from_list(rows, features=datasets.Features(feature))
    found = datasets.DatasetDict(train=split, validation=split.select(range(3)))
    monkeypatch.setattr(datasets, "load_dataset", lambda *_: found)
    splits = load("wmt/wmt16", name="de-en")
    assert pairs(splits["train"]) == ROWS and pairs(splits["dev"]) == ROWS[:3]
    assert splits.origin == "hub dataset wmt/wmt16"


def test_text_comes_out_unharmed(load):
    texts = ["a\u2028b", "nul \0", " <s> \t</s> ", "🤖", "\u202eשלום", "line\nline"]
    rows = [(text, text[::-1]) for text in texts]
    assert pairs(load({"test": rows})["test"]) == rows


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding(load, tmp_path, encoding):
    for name, text in {"x.en": "né\n", "x.de": "für\n", "x.tsv": "né\tfür\n"}.items():
        (tmp_path / name).write_bytes(text.encode(encoding))
    for given in (tmp_path / "x", tmp_path / "x.tsv"):
        splits = load(given, encoding=encoding, validation_fraction=0)
        assert pairs(splits["train"]) == [("né", "für")]


def test_validation_is_held_out_from_train_only(load):
    given = {"train": ROWS + ROWS[:5], "test": ROWS[:2]}
    splits = load(given, validation_fraction=0.25)
    train, validation = set(pairs(splits["train"])), set(pairs(splits["validation"]))
    assert train | validation == set(ROWS) and not train & validation
    assert list(splits) == ["train", "validation", "test"]
    assert pairs(splits["test"]) == ROWS[:2]
    assert splits.held_out == len(splits["validation"])
    again = load(given, validation_fraction=0.25)
    assert again["train"]._fingerprint == splits["train"]._fingerprint
    other = load(given, validation_fraction=0.25, seed=1)
    assert set(pairs(other["validation"])) != validation


def test_no_validation_is_made_where_it_is_there_or_unwanted_or_impossible(load):
    given = {"train": ROWS, "dev": ROWS[:1]}
    assert len(load(given)["train"]) == 40 and load(given).held_out == 0
    assert list(load(ROWS, validation_fraction=0)) == ["train"]
    assert list(load({"test": ROWS})) == ["test"]


def test_sample(load):
    splits = load(None, sample=lambda: {"train": ROWS, "test": ROWS[:4]})
    assert len(splits["test"]) == 4
    with pytest.raises(DataError, match="expected a dataset"):
        load(None)


BAD = {
    "empty": ("", "found ''"),
    "spaces": (" \u00a0\t", "expected text in column 'de'"),
    "none": (None, "found None"),
    "number": (3, "found 3"),
    "list": (["a"], "found ['a']"),
    "surrogate": ("a\ud800", "a lone surrogate at character 2"),
}


@pytest.mark.parametrize("bad, message", BAD.values(), ids=BAD)
def test_bad_pair(load, tmp_path, bad, message):
    path = tmp_path / "train.jsonl"
    rows = [{"en": "a", "de": "b"}, {"en": "c", "de": bad}, {"en": "d", "de": "e"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(DataError) as error:
        load(path)
    assert str(error.value).startswith(f"{path}, line 2: expected ")
    assert message in str(error.value)
    splits = load(path, on_error="skip", validation_fraction=0)
    assert pairs(splits["train"]) == [("a", "b"), ("d", "e")]
    assert splits.skipped == {"train": 1}
    assert message in splits.messages["train"][0]
    assert f"{path}, line 2" in splits.summary()
    again = load(path, on_error="skip", validation_fraction=0)  # from what is stored
    assert again.skipped == splits.skipped and again.messages == splits.messages


def test_row_of_a_dataset_is_named(load):
    rows = datasets.Dataset.from_list([{"en": "a", "de": "b"}, {"en": "", "de": "c"}])
    with pytest.raises(DataError, match="Dataset, split train, row 1: .*'en'"):
        load(rows)


@pytest.mark.parametrize("on_error", ["raise", "skip"])
def test_unknown_column_lists_the_columns(load, on_error):
    rows = datasets.Dataset.from_list([{"en": "a", "ger": "b", "id": 1}] * 3)
    with pytest.raises(DataError, match="a column 'de', found 'en', 'ger', 'id'"):
        load(rows, on_error=on_error)


def test_unequal_parallel_files_cannot_be_skipped(load, tmp_path):
    (tmp_path / "train.en").write_text("a\nb\n")
    (tmp_path / "train.de").write_text("a\n")
    with pytest.raises(DataError, match="the same number of lines, found 2 and 1"):
        load(tmp_path / "train", on_error="skip")


def test_empty_file(load, tmp_path):
    (tmp_path / "train.tsv").touch()
    with pytest.raises(DataError, match="train.tsv: expected at least one good row"):
        load(tmp_path)


@pytest.mark.parametrize(
    "options", [{"target": "en"}, {"on_error": "ignore"}, {"validation_fraction": -1}]
)
def test_wrong_arguments(load, options):
    with pytest.raises(DataError):
        load(ROWS, **options)


@pytest.mark.skipif(not REAL.is_dir(), reason="real data is not beside the repository")
def test_multi30k(load):
    start = time.perf_counter()
    splits = load(REAL / "multi30k")
    assert time.perf_counter() - start < 20  # a tenth of it where nothing else runs
    sizes = {name: len(split) for name, split in splits.items()}
    assert sizes == {"train": 29000, "validation": 1014, "test_2016_flickr": 1000}
    assert len(splits["test"]) == 1000 and not splits.skipped
    german = (REAL / "multi30k" / "train.de").read_bytes().decode().split("\n")
    assert list(splits["train"]["target"]) == german[:-1]


@pytest.mark.skipif(not REAL.is_dir(), reason="real data is not beside the repository")
def test_tatoeba(load):
    splits = load(REAL / "tatoeba_deu_eng" / "deu.txt.gz")
    assert len(splits["train"]) + len(splits["validation"]) == 169197
    assert len(splits["validation"]) == 3000
    assert not set(splits["train"]["source"]) & set(splits["validation"]["source"])
