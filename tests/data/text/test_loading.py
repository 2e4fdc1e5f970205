"""Texts: from every kind of dataset, as they stand there, with their splits."""

import gzip
import json
from pathlib import Path

import datasets
import pytest

from seqkit.data import load_texts
from seqkit.errors import DataError

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"
LINES = ["to be", "", " or\tnot ", "to \u2028 be", ""]
TEXT = "".join(f"{line}\n" for line in LINES)


@pytest.fixture
def load(tmp_path):
    def run(dataset, **options):
        options = {"validation_fraction": 0} | options
        splits = load_texts(dataset, cache_dir=tmp_path / "cache", **options)
        return {name: list(split["text"]) for name, split in splits.items()}

    return run


@pytest.fixture
def folder(tmp_path):
    def make(*names, text=TEXT):
        for name in names:
            path = tmp_path / "data" / name
            path.parent.mkdir(exist_ok=True, parents=True)
            data = text if isinstance(text, bytes) else text.encode()
            path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return tmp_path / "data"

    return make


@pytest.mark.parametrize("documents", [False, True])
def test_lines_of_a_file_are_rows(load, folder, documents):
    for name in ("tinyshakespeare.txt", "a.text", "b.raw", "c.tokens.gz"):
        path = folder(name) / name
        for given in (path, str(path), {"train": path}):
            assert load(given, documents=documents) == {"train": LINES}


@pytest.mark.parametrize("text", [TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT])
def test_line_ends_and_byte_order_mark(load, folder, text):
    assert load(folder("train.txt", text=text))["train"] == LINES


@pytest.mark.parametrize("documents", [False, True])
def test_another_encoding(load, folder, documents):
    for encoding in ("latin-1", "utf-16"):
        place = folder("x/train.txt", "y/train/a.txt", text="né\n".encode(encoding))
        for name in "xy":
            found = load(place / name, encoding=encoding, documents=documents)
            assert found == {"train": ["né"]}


def test_a_last_line_without_its_end_is_a_row(load, folder):
    assert load(folder("train.txt", text="a\nb"))["train"] == ["a", "b"]
    assert load(folder("train.txt", text="a\nb\n"))["train"] == ["a", "b"]


@pytest.mark.parametrize("name", ["valid", "val", "dev", "validation"])
@pytest.mark.parametrize("prefix", ["", "ptb.", "wiki-2_"])
def test_splits_by_file_name(load, folder, prefix, name):
    names = [f"{prefix}{split}.txt" for split in ("train", name, "test")]
    place = folder(*names, "README.md", "notes.txt")
    expected = dict.fromkeys(("train", "validation", "test"), LINES)
    assert load(place) == expected
    assert list(load(place / names[2])) == ["test"]


def test_further_tests_and_shards(load, folder):
    names = [f"c.train-0000{i}-of-00002.txt" for i in (0, 1)]
    place = folder(*names, "c.test_2016.txt", "c.test.news.txt.gz")
    expected = {"train": LINES + LINES, "test.news": LINES, "test_2016": LINES}
    assert load(place) == expected


def test_a_split_twice(load, folder):
    with pytest.raises(DataError, match="ptb.char.train.txt and ptb.train.txt"):
        load(folder("ptb.char.train.txt", "ptb.train.txt", "ptb.valid.txt"))
    with pytest.raises(DataError, match="validation, found dev/ and valid/"):
        load(folder("x/train/a.txt", "x/dev/a.txt", "x/valid/b.txt") / "x")


def test_names_of_splits_come_before_names_that_end_with_one(load, folder):
    assert load(folder("train.txt", "old.train.txt")) == {"train": LINES}


def test_folders_of_files(load, folder):
    place = folder("train/b.txt", "train/a/1.txt.gz", "train/x.png", "val/a.txt")
    folder("train/c.txt", text="one\r\ntwo")
    stream = {"train": LINES * 2 + ["one", "two"], "validation": LINES}
    assert load(place) == stream
    whole = TEXT.removesuffix("\n")
    documents = {"train": [whole, whole, "one\ntwo"], "validation": [whole]}
    assert load(place, documents=True) == documents
    given = {"train": place / "train", "dev": str(place / "val")}
    assert load(given, documents=True) == documents


@pytest.mark.parametrize("documents", [False, True])
def test_tables(load, folder, documents):
    rows = ["a \u00e9", "b, c", "\0"]
    lines = {
        "tsv": "text\tid\n" + "".join(f"{row}\t1\n" for row in rows),
        "csv": "id,text\n" + "".join(f'1,"{row}"\n' for row in rows),
        "jsonl": "".join(json.dumps({"text": row, "n": 1}) + "\n" for row in rows),
    }
    for ending, text in lines.items():
        path = folder(f"x.{ending}", text=text) / f"x.{ending}"
        assert load(path, documents=documents) == {"train": rows}
    dataset = datasets.Dataset.from_dict({"text": rows, "id": [1, 2, 3]})
    dataset.to_parquet(path.with_name("x.parquet"))
    assert load(path.with_name("x.parquet")) == {"train": rows}


def test_datasets_objects_and_lists(load, tmp_path):
    dataset = datasets.Dataset.from_dict({"body": LINES, "id": range(5)})
    splits = datasets.DatasetDict(train=dataset, test=dataset)
    options = {"column": "body"}
    assert load(dataset, **options) == {"train": LINES}
    assert load(dataset.to_iterable_dataset(), **options) == {"train": LINES}
    assert load(splits, **options) == {"train": LINES, "test": LINES}
    splits.save_to_disk(tmp_path / "saved")
    assert load(tmp_path / "saved", **options) == {"train": LINES, "test": LINES}
    assert load(LINES) == load([{"text": line} for line in LINES]) == {"train": LINES}
    assert load({"train": LINES, "dev": tuple(LINES)})["validation"] == LINES


def test_hub(load, monkeypatch):
    asked = []
    found = datasets.DatasetDict(test=datasets.Dataset.from_dict({"text": LINES}))
    monkeypatch.setattr(
        datasets, "load_dataset", lambda *given: asked.append(given) or found
    )
    dataset = "Salesforce/wikitext"
    assert load(dataset, name="wikitext-2-raw-v1") == {"test": LINES}
    assert asked == [(dataset, "wikitext-2-raw-v1")]


def test_rows_with_line_ends(load):
    rows = ["a\n", "b", "c\r\n", "d\n\n", "e\nf"]
    assert load(rows)["train"] == ["a", "b", "c", "d\n", "e\nf"]
    assert load(rows, documents=True)["train"] == rows


def test_sample(load):
    assert load(None, sample=lambda: {"train": LINES})["train"] == LINES
    with pytest.raises(DataError, match="expected a dataset"):
        load(None)


BAD = {
    "none": (None, "expected text in column 'text', found None"),
    "number": (3, "found 3"),
    "list": (["a"], "found ['a']"),
    "surrogate": ("a\ud800", "a lone surrogate at character 2"),
}


@pytest.mark.parametrize("bad, message", BAD.values(), ids=BAD)
@pytest.mark.parametrize("documents", [False, True])
def test_bad_row(load, tmp_path, bad, message, documents):
    path = tmp_path / "train.jsonl"
    rows = [{"text": text} for text in ("a", bad, "b")]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(DataError) as error:
        load(path, documents=documents)
    assert str(error.value).startswith(f"{path}, line 2: expected ")
    assert message in str(error.value)
    assert load(path, on_error="skip", documents=documents)["train"] == ["a", "b"]


def test_what_is_skipped_is_counted(tmp_path):
    splits = load_texts(
        ["a", 3, "b"], on_error="skip", validation_fraction=0, cache_dir=tmp_path
    )
    assert splits.skipped == {"train": 1}
    assert "row 1: expected a dictionary or a tuple (text), found 3" in splits.summary()


@pytest.mark.parametrize("documents", [False, True])
def test_broken_utf8(load, folder, documents):
    place = folder("train.txt", "dev/x.txt")
    (place / "train.txt").write_bytes(b"a\nb\xff\nc\n")
    with pytest.raises(DataError, match="train.txt, line 2: .*0xff at byte 2"):
        load(place, documents=documents)
    assert load(place, on_error="skip", documents=documents)["train"] == ["a", "c"]
    (place / "dev" / "x.txt").write_bytes(b"a\nb\xff\nc\n")
    (place / "dev" / "y.txt").write_bytes(b"good")
    given = {"dev": place / "dev"}
    with pytest.raises(DataError, match="x.txt, line 2: .*0xff at byte 2"):
        load(given, documents=documents)
    kept = load(given, on_error="skip", documents=documents)["validation"]
    assert kept == (["good"] if documents else ["a", "c", "good"])


def test_unknown_column(load):
    rows = datasets.Dataset.from_dict({"body": ["a"]})
    with pytest.raises(DataError, match="a column 'text', found 'body'. Give column="):
        load(rows)


def test_folder_without_splits(load, folder):
    with pytest.raises(DataError, match="found books.txt.*{split: file or folder}"):
        load(folder("books.txt"))


def test_empty_file(load, folder):
    with pytest.raises(DataError, match="at least one good row"):
        load(folder("train.txt", text=""))


@pytest.mark.parametrize(
    "options",
    [
        {"validation_fraction": -0.1},
        {"test_fraction": -1},
        {"test_fraction": 0.5, "validation_fraction": 0.5},
        {"on_error": "ignore"},
        {"name": "config"},
    ],
)
def test_wrong_arguments(load, options):
    with pytest.raises(DataError):
        load(LINES, **options)


@pytest.mark.parametrize("fraction", [0.05, 0.1, 0.5, 0.9])
def test_the_end_of_a_stream_is_held_out(load, fraction):
    rows = ["x" * (7 * i % 23) for i in range(200)]
    splits = load(rows, validation_fraction=fraction)
    assert list(splits) == ["train", "validation"]
    assert splits["train"] + splits["validation"] == rows
    sizes = [sum(len(row) + 1 for row in split) for split in splits.values()]
    assert abs(sizes[0] / sum(sizes) - (1 - fraction)) * sum(sizes) <= 12
    assert load(rows, validation_fraction=fraction, seed=5) == splits


def test_the_cut_is_at_the_nearest_row(load):
    # 10 characters, of which 60 % are 6; rows end at 4, 7, 8 and 10.
    rows = ["abc", "de", "", "f"]
    assert load(rows, validation_fraction=0.4)["validation"] == ["", "f"]
    assert load(rows, validation_fraction=0.55)["validation"] == ["de", "", "f"]
    assert load(rows, validation_fraction=0.001)["validation"] == ["f"]
    assert load(rows, validation_fraction=0.999)["train"] == ["abc"]
    assert load(rows, validation_fraction=2)["validation"] == ["", "f"]
    assert load(rows, validation_fraction=99)["train"] == ["abc"]


def test_test_is_held_out_after_validation(load, tmp_path):
    rows = [f"row {i:03}" for i in range(100)]
    options = {"validation_fraction": 0.1, "test_fraction": 0.2}
    splits = load(rows, **options)
    expected = {"train": rows[:70], "validation": rows[70:80], "test": rows[80:]}
    assert splits == expected and list(splits) == list(expected)
    given = {"train": rows, "test_a": rows[:3]}
    assert list(load(given, **options)) == ["train", "validation", "test_a"]
    whole = load_texts(rows, cache_dir=tmp_path, **options)
    assert (whole.held_out, whole.held_out_test) == (10, 20)
    assert "test: 20 rows held out" in whole.summary()
    found = load(rows, documents=True, **options)
    assert {name: len(split) for name, split in found.items()} == {
        "train": 70,
        "validation": 10,
        "test": 20,
    }


def test_documents_are_held_out_at_random(load):
    rows = [f"text {i}" for i in range(200)] * 2
    splits = load(rows, documents=True, validation_fraction=0.25)
    train, held = splits["train"], splits["validation"]
    assert sorted(train + held) == sorted(rows) and not set(train) & set(held)
    assert len(held) == 100 and held != rows[-100:]
    other = load(rows, documents=True, validation_fraction=0.25, seed=1)
    assert other["validation"] != held


def test_nothing_is_held_out_where_it_is_there_or_impossible(load):
    given = {"train": LINES, "dev": LINES[:1]}
    assert len(load(given, validation_fraction=0.5)["train"]) == 5
    assert list(load({"test": LINES}, validation_fraction=0.5)) == ["test"]
    with pytest.raises(DataError, match="at least two rows.*validation_fraction=0"):
        load(["one"], validation_fraction=0.5)


@pytest.mark.skipif(not (REAL / "ptb").is_dir(), reason="no real data beside us")
def test_real_texts(load):
    ptb = load(REAL / "ptb")
    assert {name: len(split) for name, split in ptb.items()} == {
        "train": 42068,
        "validation": 3370,
        "test": 3761,
    }
    path = REAL / "tinyshakespeare" / "input.txt"
    splits = load(path, validation_fraction=0.1)
    texts = ["".join(f"{row}\n" for row in split) for split in splits.values()]
    assert "".join(texts) == path.read_text("utf-8")
    assert abs(len(texts[0]) - 1115394 * 0.9) < 40
