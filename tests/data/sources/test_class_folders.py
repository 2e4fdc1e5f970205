"""Folders of text files by class."""

import gzip

import pytest

from seqkit.data import load_labelled
from seqkit.data.sources.class_folders import class_folder_part, class_folder_parts
from seqkit.errors import DataError

COLUMNS = ("text", "label")


@pytest.fixture
def tree(tmp_path):
    def make(*names, **texts):
        for name in names:
            path = tmp_path / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = texts.get(path.name.partition(".")[0], f"in {name}\n").encode()
            path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
        return tmp_path / "data"

    return make


def rows(part):
    return [(one.values["label"], one.values["text"]) for one in part.read()]


def test_splits_and_classes(tree):
    place = tree(
        "train/pos/1_9.txt",
        "train/pos/0_8.txt.gz",
        "train/neg/a.txt",
        "train/neg/deeper/b.txt",
        "train/urls_pos.txt",
        "train/labeledBow.feat",
        "test/neg/a.txt",
        "dev/pos/a.text",
        "README",
        "imdbEr.txt",
        "src/main/x.py",
    )
    parts = class_folder_parts(place, COLUMNS)
    assert {split: rows(part) for split, part in parts.items()} == {
        "train": [
            ("neg", "in train/neg/a.txt"),
            ("pos", "in train/pos/0_8.txt.gz"),
            ("pos", "in train/pos/1_9.txt"),
        ],
        "test": [("neg", "in test/neg/a.txt")],
        "validation": [("pos", "in dev/pos/a.text")],
    }
    assert all(part.unlabelled == 0 for part in parts.values())


def test_classes_without_splits(tree):
    place = tree("pos/a.txt", "neg/a.txt", "notes.md")
    parts = class_folder_parts(place, ("body", "class"))
    assert [record.values for record in parts["train"].read()] == [
        {"body": "in neg/a.txt", "class": "neg"},
        {"body": "in pos/a.txt", "class": "pos"},
    ]
    assert list(parts) == ["train"]


@pytest.mark.parametrize(
    "names",
    [
        ["a.txt", "b.txt"],
        ["data/a.txt"],
        ["train/a.txt", "test/a.txt"],
        ["train/one/a.txt", "test/one/b.txt"],
        ["train.tsv", "pos/a.txt", "neg/a.txt"],
        ["old.test.tsv", "pos/a.txt", "neg/a.txt"],
        ["pos/a.py", "neg/a.py"],
    ],
)
def test_folders_that_are_something_else(tree, names):
    assert class_folder_parts(tree(*names), COLUMNS) == {}


def test_a_document_is_the_whole_file(tree):
    place = tree("a/x.txt", "b/y.txt", x=" one\r\n\r\ntwo \n\n", y="\ufeffthree")
    part = class_folder_part(place, COLUMNS)
    assert rows(part) == [("a", " one\n\ntwo \n"), ("b", "three")]


def test_texts_without_a_label_are_counted(tree, tmp_path):
    place = tree("train/a/1.txt", "train/b/1.txt", "train/unsup/1.txt", "test/a/1.txt")
    splits = load_labelled(place, validation_fraction=0, cache_dir=tmp_path / "cache")
    assert list(splits["train"]["labels"]) == [["a"], ["b"]]
    assert splits.skipped == {"train": 1}
    assert f"{place / 'train' / 'unsup'}: 1 texts without a label" in splits.summary()
    assert splits.origin == f"folder {place}"


def test_a_split_of_another_form_or_twice(tree):
    place = tree("train/a/1.txt", "train/b/1.txt", "test/1.txt")
    error = next(class_folder_parts(place, COLUMNS)["test"].read())
    assert "folders of classes, such as test/a/, found text files alone" in str(error)
    (place / "test" / "1.txt").unlink()
    tree("dev/a/1.txt", "val/a/1.txt")
    with pytest.raises(DataError, match="one source of the split validation"):
        class_folder_parts(place, COLUMNS)


def test_a_file_that_changes_its_class_is_read_anew(tree):
    place = tree("a/1.txt", "b/2.txt")
    before = class_folder_part(place, COLUMNS).key()
    assert class_folder_part(place, COLUMNS).key() == before
    (place / "b" / "2.txt").rename(place / "a" / "2.txt")
    tree("b/3.txt")
    (place / "b" / "3.txt").unlink()
    assert class_folder_part(place, COLUMNS).key() != before


def test_one_split_of_a_dictionary(tree, tmp_path):
    place = tree("train/a/1.txt", "train/b/1.txt")
    (tmp_path / "test.tsv").write_text("in a file\tb\n")
    given = {"train": place / "train", "test": str(tmp_path / "test.tsv")}
    splits = load_labelled(given, validation_fraction=0, cache_dir=tmp_path / "cache")
    assert list(splits["train"]["labels"]) == [["a"], ["b"]]
    assert splits["test"][0] == {"text": "in a file", "labels": ["b"]}


def test_a_file_per_class(tree, tmp_path):
    texts = {"rt-polarity": "one film\nanother film\n"}
    place = tree("rt-polarity.pos", "rt-polarity.neg", "README.1.0.txt", **texts)
    options = {"validation_fraction": 0, "cache_dir": tmp_path / "cache"}
    splits = load_labelled(place, **options)
    rows = [(row["text"], row["labels"]) for row in splits["train"]]
    films = "one film", "another film"
    assert rows == [(text, [name]) for name in ("neg", "pos") for text in films]
    assert splits.notes == ["train: classes named after file endings: 'neg', 'pos'"]


def test_a_file_per_class_and_split(tree, tmp_path):
    names = [f"{split}.{name}" for split in ("train", "dev") for name in "ab"]
    splits = load_labelled(tree(*names), cache_dir=tmp_path / "cache")
    assert {name: list(split["labels"]) for name, split in splits.items()} == {
        "train": [["a"], ["b"]],
        "validation": [["a"], ["b"]],
    }
    with pytest.raises(DataError, match="files named SPLIT.ENDING"):
        load_labelled(tree("x/a.pos", "x/b.neg") / "x")


def test_bad_files(tree, tmp_path):
    place = tree("a/1.txt", "a/empty.txt", "b/1.txt", "b/broken.txt", empty=" \n")
    (place / "b" / "broken.txt").write_bytes("crème".encode("latin-1"))
    options = {"validation_fraction": 0, "cache_dir": tmp_path / "cache"}
    with pytest.raises(DataError, match="a/empty.txt: expected text in column"):
        load_labelled(place, **options)
    splits = load_labelled(place, on_error="skip", **options)
    assert len(splits["train"]) == 2 and splits.skipped == {"train": 2}
    assert "broken.txt, line 1: expected UTF-8 text" in splits.summary()
    (place / "a" / "empty.txt").unlink()
    found = load_labelled(place, encoding="latin-1", **options)["train"]
    assert found[2] == {"text": "crème", "labels": ["b"]}
