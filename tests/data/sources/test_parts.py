"""Whatever a dataset may be, its splits are found."""

import gzip

import datasets
import numpy as np
import pandas
import pyarrow
import pyarrow.parquet
import pytest

from seqkit.data.sources.files import Layout
from seqkit.data.sources.parts import find_parts
from seqkit.data.sources.readers import readers
from seqkit.errors import DataError

COLUMNS = ("en", "de")
LAYOUT = Layout(COLUMNS, {**readers})
ROWS = [("a dog", "ein Hund"), ("a cat", "eine Katze")]
DICTS = [{"en": en, "de": de} for en, de in ROWS]


def values(record):
    if isinstance(record, DataError):
        raise record
    return record.values


def load(dataset, **options):
    _, parts = find_parts(dataset, LAYOUT, **options)
    return {
        name: [tuple(values(record)[c] for c in COLUMNS) for record in part.read()]
        for name, part in parts.items()
    }


@pytest.fixture
def folder(tmp_path):
    def make(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            column = 1 if name.removesuffix(".gz").endswith("de") else 0
            text = "".join(f"{row[column]}\n" for row in ROWS)
            if ".tsv" in name:
                text = "".join("\t".join(row) + "\n" for row in ROWS)
            if name.endswith(".parquet"):
                pyarrow.parquet.write_table(pyarrow.Table.from_pylist(DICTS), path)
            elif name.endswith(".gz"):
                path.write_bytes(gzip.compress(text.encode()))
            else:
                path.write_text(text, "utf-8")
        return tmp_path

    return make


@pytest.mark.parametrize("name", ["val", "valid", "dev", "validation"])
def test_folder_of_parallel_files(folder, name):
    files = [f"{split}.{c}" for split in ("train", name, "test_16") for c in COLUMNS]
    place = folder(*files, "train.fr", "notes.tsv")
    expected = dict.fromkeys(("train", "validation", "test_16"), ROWS)
    assert load(place) == load(str(place)) == expected


def test_folder_of_tables_and_shards(folder):
    place = folder("train-00000-of-00002.parquet", "train-00001-of-00002.parquet")
    folder("dev.tsv.gz", "test.en.gz", "test.de")
    expected = {"train": ROWS + ROWS, "validation": ROWS, "test": ROWS}
    assert load(place) == expected


def test_layout_of_a_hub_clone(folder):
    assert load(folder("README.md", "data/train.parquet")) == {"train": ROWS}


def test_a_split_twice(folder):
    with pytest.raises(DataError, match="validation, found dev.tsv and val.tsv"):
        load(folder("train.tsv", "val.tsv", "dev.tsv"))


@pytest.mark.parametrize("name", ["train.en", "train.tsv.gz"])
def test_a_file_twice(folder, name):
    with pytest.raises(DataError, match="one source of the split train"):
        load(folder("train.tsv", "train.de", name))


def test_one_of_two_parallel_files(folder):
    with pytest.raises(DataError, match="only train.en"):
        load(folder("train.en", "train.fr"))


def test_folder_without_splits_lists_what_is_there(folder):
    with pytest.raises(DataError, match="found corpus.tsv, notes.md"):
        load(folder("corpus.tsv", "notes.md"))


def test_one_file(folder):
    place = folder("corpus.tsv", "train.en", "train.de", "x/dev.tsv", "x/test_1.tsv")
    assert load(place / "corpus.tsv") == {"train": ROWS}
    assert load(str(place / "train")) == load(place / "train.de") == {"train": ROWS}
    assert load(place / "x" / "dev.tsv") == {"validation": ROWS}
    assert load(place / "x" / "test_1.tsv") == {"test_1": ROWS}
    assert load(folder("test-00000-of-00001.parquet") / "test-00000-of-00001.parquet")[
        "test"
    ]


def test_frames():
    frame = pandas.DataFrame(DICTS)
    assert load(frame) == {"train": ROWS}
    assert load({"train": frame, "dev": ROWS}) == {"train": ROWS, "validation": ROWS}
    mixed = pandas.DataFrame({"en": ["a", None], "de": [np.array(["x"]), float("nan")]})
    assert load(mixed)["train"] == [("a", ["x"]), (None, None)]


def test_dictionary_of_anything(folder):
    place = folder("a.tsv", "b.en", "b.de")
    given = {"train": place / "a.tsv", "dev": str(place / "b"), "extra": ROWS}
    given["test"] = datasets.Dataset.from_list(DICTS)
    expected = dict.fromkeys(("train", "validation", "extra", "test"), ROWS)
    assert load(given) == expected
    with pytest.raises(DataError, match="one split validation, found dev, val"):
        load({"dev": ROWS, "val": ROWS})
    with pytest.raises(DataError, match="no such file: 'nowhere'"):
        load({"train": "nowhere"})


def test_datasets_objects(tmp_path):
    dataset = datasets.Dataset.from_list([row | {"id": 1} for row in DICTS])
    splits = datasets.DatasetDict(train=dataset, test=dataset)
    streamed = datasets.IterableDatasetDict(train=dataset.to_iterable_dataset())
    assert load(dataset) == load(dataset.to_iterable_dataset()) == {"train": ROWS}
    assert load(dataset.with_format("arrow")) == {"train": ROWS}
    assert load(splits) == {"train": ROWS, "test": ROWS}
    assert load(streamed) == {"train": ROWS}
    with_progress = not datasets.are_progress_bars_disabled()
    dataset.save_to_disk(tmp_path / "one")
    splits.save_to_disk(tmp_path / "all")
    assert load(tmp_path / "one") == {"train": ROWS}
    assert load(tmp_path / "all") == {"train": ROWS, "test": ROWS}
    assert with_progress != datasets.are_progress_bars_disabled()


@pytest.mark.parametrize("split", ["test", "test[:50%]"])
def test_a_test_split_given_alone_is_not_train(split):
    dataset = datasets.Dataset.from_list(DICTS, split=datasets.NamedSplit(split))
    assert load(dataset) == {"test": ROWS}


def test_rows_in_a_list():
    assert load(ROWS) == load(DICTS) == load([list(row) for row in ROWS])
    _, parts = find_parts([("a", "b"), "c", ("d",)], LAYOUT)
    _, second, third = parts["train"].read()
    assert "list, split train, row 1: expected a dictionary or a tuple" in str(second)
    assert third.row == 2


def test_hub_id(monkeypatch):
    asked = []

    def load_dataset(*arguments):
        asked.append(arguments)
        return datasets.DatasetDict(train=datasets.Dataset.from_list(DICTS))

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    assert load("wmt/wmt16", name="de-en") == {"train": ROWS}
    assert asked == [("wmt/wmt16", "de-en")]


def test_hub_without_network(monkeypatch):
    def load_dataset(*_):
        raise ConnectionError("no route")

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    with pytest.raises(DataError) as error:
        load("owner/name", name="de-en")
    for part in ("'owner/name'", "'de-en'", "no route", "local file", "train.tsv"):
        assert part in str(error.value)


@pytest.mark.parametrize("name", ["nowhere", "/no/where", "a/b/c", "a/train.tsv", ""])
def test_a_name_of_nothing_does_not_ask_the_hub(monkeypatch, tmp_path, name):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets, "load_dataset", None)
    with pytest.raises(DataError):
        load(name)


def test_name_is_for_the_hub(folder):
    with pytest.raises(DataError, match="name='de-en'"):
        load(folder("train.tsv"), name="de-en")


@pytest.mark.parametrize("dataset", [3, {"train": 3}, {}, {"train": {"en": ["a"]}}])
def test_what_is_no_dataset(dataset):
    with pytest.raises(DataError):
        load(dataset)
