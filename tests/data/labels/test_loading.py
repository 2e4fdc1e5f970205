"""Texts with labels: from every kind of dataset, with their splits and labels."""

import gzip
import json
from pathlib import Path

import datasets
import pytest

from seqkit.data import load_labelled
from seqkit.errors import DataError

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"
ROWS = [("a fine film", "good"), ('" naïve\u2028 ', "bad"), ("a, b", "good")]
EXPECTED = [(text, [label]) for text, label in ROWS]
NAMES = ["bad", "good"]


@pytest.fixture
def load(tmp_path):
    def run(dataset, **options):
        options = {"validation_fraction": 0} | options
        splits = load_labelled(dataset, cache_dir=tmp_path / "cache", **options)
        return {
            name: list(zip(split["text"], split["labels"], strict=True))
            for name, split in splits.items()
        }

    return run


@pytest.fixture
def folder(tmp_path):
    def make(*names, text):
        for name in names:
            path = tmp_path / "data" / name
            path.parent.mkdir(exist_ok=True, parents=True)
            data = text if isinstance(text, bytes) else text.encode()
            path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return tmp_path / "data"

    return make


def table(rows, separator="\t", header=()):
    return "".join(
        f"{separator.join(row)}\n" for row in [*[header] * bool(header), *rows]
    )


def test_tables(load, folder):
    for name in ("x.tsv", "x.txt", "x.tsv.gz"):
        path = folder(name, text=table(ROWS)) / name
        assert load(path) == {"train": EXPECTED}
    named = table([(label, text) for text, label in ROWS], header=("class", "body"))
    path = folder("x.tsv", text=named) / "x.tsv"
    assert load(path, text="body", label="class") == {"train": EXPECTED}
    quoted = "label,text\n" + "".join(
        f'{label},"{text}"\n'.replace('""', '"""') for text, label in ROWS
    )
    assert load(folder("x.csv", text=quoted) / "x.csv") == {"train": EXPECTED}


def test_columns_by_number(load, folder):
    text = table([(label, "7", text) for text, label in ROWS])
    path = folder("test.tsv", text=text) / "test.tsv"
    assert load(path, text=2, label=0) == {"test": EXPECTED}
    assert load(path, text=2, label=0, format="tsv") == {"test": EXPECTED}
    path = folder("x.tsv", text=f"label\tid\t-\n{text}") / "x.tsv"
    assert load(path, text=2, label="label") == {"train": EXPECTED}
    with pytest.raises(DataError, match="line 1: expected at least 4 columns"):
        load(path, text=3, label=0)
    with pytest.raises(DataError, match="and a header with class"):
        load(path, text=2, label="class")


def test_json_and_parquet(load, folder):
    rows = [{"text": text, "label": label, "n": 1} for text, label in ROWS]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    assert load(folder("x.jsonl", text=text) / "x.jsonl") == {"train": EXPECTED}
    place = folder("dev.jsonl", "train.jsonl.gz", text=text)
    assert load(place) == {"train": EXPECTED, "validation": EXPECTED}
    numbered = [row | {"label": NAMES.index(row["label"])} for row in rows]
    dataset = datasets.Dataset.from_list(numbered)
    dataset.to_parquet(place / "x.parquet")
    plain = [(text, [str(NAMES.index(label))]) for text, label in ROWS]
    assert load(place / "x.parquet") == {"train": plain}
    dataset = dataset.cast_column("label", datasets.ClassLabel(names=NAMES))
    dataset.to_parquet(place / "y.parquet")
    assert load(place / "y.parquet") == {"train": EXPECTED}


def test_datasets_objects_and_lists(load, tmp_path):
    columns = {"body": [text for text, _ in ROWS], "id": range(3)}
    numbers = [NAMES.index(label) for _, label in ROWS]
    dataset = datasets.Dataset.from_dict(columns | {"class": numbers})
    options = {"text": "body", "label": "class"}
    plain = [(text, [str(n)]) for (text, _), n in zip(ROWS, numbers, strict=True)]
    assert load(dataset, **options) == {"train": plain}
    dataset = dataset.cast_column("class", datasets.ClassLabel(names=NAMES))
    assert load(dataset, **options) == {"train": EXPECTED}
    assert load(dataset.to_iterable_dataset(), **options) == {"train": EXPECTED}
    splits = datasets.DatasetDict(train=dataset, test=dataset)
    splits.save_to_disk(tmp_path / "saved")
    for given in (splits, tmp_path / "saved"):
        assert load(given, **options) == {"train": EXPECTED, "test": EXPECTED}
    dictionaries = [{"text": text, "label": label} for text, label in ROWS]
    assert load(ROWS) == load(dictionaries) == {"train": EXPECTED}
    assert load({"train": ROWS, "dev": tuple(ROWS)})["validation"] == EXPECTED


def test_hub(load, monkeypatch, tmp_path):
    rows = {"text": ["x", "y"], "label": [1, 0]}
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=NAMES)}
    )
    hidden = rows | {"label": [-1, -1]}
    found = datasets.DatasetDict(
        train=datasets.Dataset.from_dict(rows, features),
        test=datasets.Dataset.from_dict(hidden, features),
    )
    monkeypatch.setattr(datasets, "load_dataset", lambda *given: found)
    assert load("owner/name") == {"train": [("x", ["good"]), ("y", ["bad"])]}
    splits = load_labelled("owner/name", validation_fraction=0, cache_dir=tmp_path)
    assert splits.skipped == {"test": 2}
    assert "split test: 2 texts with the label -1" in splits.summary()
    # Where nothing else is there, it is a label like others.
    assert load({"test": [("x", -1)]}) == {"test": [("x", ["-1"])]}
    assert load({"train": [("x", -1), ("y", 1)]})["train"][0] == ("x", ["-1"])


def test_label_lines(load, folder):
    text = "".join(f"{label} {text}\n" for text, label in ROWS)
    names = ("s.binary.train", "s.binary.dev", "s.binary.test")
    place = folder(*names, "README", text=text)
    options = {"format": "label_lines"}
    every = dict.fromkeys(("train", "validation", "test"), EXPECTED)
    assert load(place, **options) == every
    for name, split in zip(names, every, strict=True):
        assert load(place / name, **options) == {split: EXPECTED}
    given = {"train": place / names[0], "test": str(place / names[2])}
    assert load(given, **options) == {"train": EXPECTED, "test": EXPECTED}
    table_ = table(ROWS, header=("sentence", "label"))
    given = {"train": folder("x.tsv", text=table_) / "x.tsv", "dev": place / names[1]}
    expected = {"train": EXPECTED, "validation": EXPECTED}
    assert load(given, text="sentence", **options) == expected
    place = folder("x/train.txt", text=text) / "x"
    assert load(place, **options) == {"train": EXPECTED}
    with pytest.raises(DataError, match="format='label_lines' for lines of a label"):
        load(place)
    for given in (place.parent, place.parent / names[0]):
        with pytest.raises(DataError, match="do not say what the files are, give for"):
            load(given)


def test_fasttext_lines_are_known(load, folder):
    text = "__label__a __label__b one two\n__label__b three\n"
    expected = {"train": [("one two", ["a", "b"]), ("three", ["b"])]}
    place = folder("train.txt", text=text)
    assert load(place) == load(place, format="label_lines") == expected


def test_files_side_by_side(load, folder):
    folder("train/seq.in", text=table([[text] for text, _ in ROWS]))
    place = folder("train/label", text=table([[label] for _, label in ROWS]))
    assert load(place, text="seq.in") == {"train": EXPECTED}


SEVERAL = [("x", ["a", "b"]), ("y", []), ("z", ["b"])]


def test_several_labels(load, folder):
    text = "".join(
        json.dumps({"text": t, "label": names}) + "\n" for t, names in SEVERAL
    )
    assert load(folder("x.jsonl", text=text) / "x.jsonl")["train"] == SEVERAL
    features = datasets.Features(
        {
            "text": datasets.Value("string"),
            "label": datasets.Sequence(datasets.ClassLabel(names=["a", "b"])),
        }
    )
    rows = {"text": ["x", "y", "z"], "label": [[0, 1], [], [1]]}
    assert load(datasets.Dataset.from_dict(rows, features))["train"] == SEVERAL
    assert load(SEVERAL)["train"] == SEVERAL
    separated = [(text, " | ".join(names)) for text, names in SEVERAL]
    path = folder("x.tsv", text=table(separated)) / "x.tsv"
    assert load(path, label_separator="|")["train"] == SEVERAL
    twice = [("x", "a|a|b")]
    assert load(twice, label_separator="|")["train"] == [("x", ["a", "b"])]


@pytest.mark.parametrize("on, off", [("1", "0"), ("True", "false"), ("1", " 0 ")])
def test_columns_of_0_and_1(load, folder, on, off):
    rows = [
        (t, *(on if n in names else off for n in "ab"), "-") for t, names in SEVERAL
    ]
    text = table(rows, separator=",", header=("text", "a", "b", "more"))
    path = folder("x.csv", text=text) / "x.csv"
    assert load(path, label=["a", "b"])["train"] == SEVERAL
    assert load(path, label=("b",))["train"][0] == ("x", ["b"])
    values = [
        {"text": t, "a": "a" in names, "b": float("b" in names)} for t, names in SEVERAL
    ]
    assert load(values, label=["a", "b"])["train"] == SEVERAL
    for bad in (2, -1, None, "yes", "", 0.5, []):
        with pytest.raises(DataError, match="row 0: expected 0 or 1 in column 'b'"):
            load([{"text": "x", "a": 1, "b": bad}], label=["a", "b"])


@pytest.mark.parametrize(
    "value, name",
    [(3, "3"), (-1, "-1"), (2.0, "2"), (True, "true"), (" pos ", "pos"), ("é\t", "é")],
)
def test_what_labels_become(load, value, name):
    assert load([("x", value), ("y", "other")])["train"][0] == ("x", [name])


BAD = {
    "no label": ("x", None, "expected a label in column 'label', found None"),
    "empty label": ("x", "", "expected a label in column 'label', found ''"),
    "spaces": ("x", " \t", "expected a label"),
    "fraction": ("x", 0.5, "found 0.5"),
    "nan": ("x", float("nan"), "found nan"),
    "dictionary": ("x", {"a": 1}, "expected a label"),
    "empty in a list": ("x", ["a", ""], "expected a label in column 'label', found ''"),
    "surrogate": ("x", "\ud800", "a lone surrogate at character 1"),
    "no text": (None, "a", "expected text in column 'text', found None"),
    "empty text": ("", "a", "expected text in column 'text', found ''"),
    "spaces as text": (" \u2028\t", "a", "expected text in column 'text'"),
    "number as text": (5, "a", "found 5"),
}


@pytest.mark.parametrize("text, label, message", BAD.values(), ids=BAD)
def test_bad_rows(load, tmp_path, text, label, message):
    path = tmp_path / "train.jsonl"
    rows = [("a", "1"), (text, label), ("b", "1")]
    named = ({"text": text, "label": label} for text, label in rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in named))
    with pytest.raises(DataError) as error:
        load(path)
    assert str(error.value).startswith(f"{path}, line 2: expected ")
    assert message in str(error.value) and "on_error" in str(error.value)
    assert [text for text, _ in load(path, on_error="skip")["train"]] == ["a", "b"]


def test_an_empty_part_between_separators(load):
    with pytest.raises(DataError, match="expected a label in column 'label', found ''"):
        load([("x", "a||b")], label_separator="|")


@pytest.mark.parametrize("column", ["text", "label"])
def test_unknown_columns(load, column):
    rows = [{"text": "x", "label": "y"}]
    with pytest.raises(
        DataError, match="'body', found 'text', 'label'. Give text= and"
    ):
        load(rows, **{column: "body"})


@pytest.mark.parametrize(
    "options",
    [
        {"text": "label"},
        {"label": []},
        {"label": ["a", 3]},
        {"label": ["a", "a"]},
        {"text": -1, "label": 0},
        {"text": True},
        {"format": "conll"},
        {"format": "label_lines", "label": ["a", "b"]},
        {"label_separator": ""},
        {"label_separator": "|", "label": ["a", "b"]},
        {"encoding": "utf-9"},
        {"validation_fraction": -1},
        {"on_error": "ignore"},
        {"name": "config"},
    ],
)
def test_wrong_arguments(load, options):
    with pytest.raises(DataError):
        load([{"text": "x", "label": "y", "a": 1, "b": 0}], **options)


def test_encodings(load, folder):
    rows = [("crème brûlée, très bon", "oui"), ("un peu salé à mon goût", "non")] * 9
    expected = {"train": [(text, [label]) for text, label in rows]}
    for encoding in ("cp1252", "utf-16"):
        place = folder("train.tsv", text=table(rows).encode(encoding))
        assert load(place, encoding=encoding) == expected
        with pytest.raises(DataError, match=f'looks like {encoding}: give encoding="'):
            load(place)
        for column, name in enumerate(("train.text", "train.label")):
            lines = table([[row[column]] for row in rows]).encode(encoding)
            folder(f"{encoding}/{name}", text=lines)
        assert load(place / encoding, encoding=encoding) == expected
        lines = table([row[::-1] for row in rows], " ").encode(encoding)
        path = folder("lines", text=lines) / "lines"
        assert load(path, encoding=encoding, format="label_lines") == expected
    # The same bytes in another encoding are another text.
    path = folder("x.tsv", text=b"\xe4\ta\n") / "x.tsv"
    assert load(path, encoding="latin-1")["train"] == [("ä", ["a"])]
    assert load(path, encoding="cp1251")["train"] == [("д", ["a"])]


def test_sample(load):
    def sample():
        return {"train": ROWS, "test": ROWS}

    options = {"text": 3, "label": ["a", "b"], "format": "csv"}
    expected = {"train": EXPECTED, "test": EXPECTED}
    assert load(None, sample=sample) == load(None, sample=sample, **options) == expected
    with pytest.raises(DataError, match="expected a dataset"):
        load(None)


def test_validation_shares_no_text_with_train(load, tmp_path):
    rows = [(f"text {i % 50}", str(i % 3)) for i in range(200)]
    splits = load({"train": rows, "test": rows}, validation_fraction=0.25)
    assert list(splits) == ["train", "validation", "test"]
    train, held = splits["train"], splits["validation"]
    assert not {text for text, _ in train} & {text for text, _ in held}
    every = [(text, [label]) for text, label in rows]
    assert sorted(train + held) == sorted(every) and 30 <= len(held) <= 50
    other = load(rows, validation_fraction=0.25, seed=1)["validation"]
    assert other != held
    given = load({"train": rows, "dev": rows[:3]}, validation_fraction=0.25)
    assert len(given["train"]) == 200


@pytest.mark.skipif(not (REAL / "sst2_sentences").is_dir(), reason="no real data")
def test_real_data(load):
    sentences = load(REAL / "sst2_sentences", format="label_lines")
    assert {name: len(rows) for name, rows in sentences.items()} == {
        "train": 6920,
        "validation": 872,
        "test": 1821,
    }
    labels = {name for rows in sentences.values() for _, (name,) in rows}
    assert labels == {"0", "1"}
    place = REAL / "uci_sentiment_sentences"
    for path in sorted(place.glob("*_labelled.txt")):
        (rows,) = load(path).values()
        assert len(rows) == 1000 and sum(names == ["1"] for _, names in rows) == 500


def test_the_label_comes_first(folder, tmp_path):
    rows = [(f"film number {n}", "ab"[n % 2]) for n in range(1000)]
    swapped = [(label, text) for text, label in rows]
    path = folder("x.tsv", text=table(swapped)) / "x.tsv"
    with pytest.raises(DataError) as error:
        load_labelled(path, cache_dir=tmp_path / "cache")
    message = str(error.value)
    assert "x.tsv, split train: expected labels that repeat" in message
    assert "1,000 different labels in 1,000 rows, such as 'film number 0'" in message
    assert "give text=1, label=0" in message and len(message) < 500
    options = {"cache_dir": tmp_path / "cache", "text": 1, "label": 0}
    assert len(load_labelled(path, **options)["train"]) == 800
    named = table(swapped, header=("text", "label"))
    path = folder("y.tsv", text=named) / "y.tsv"
    with pytest.raises(DataError, match="give text='label', label='text'"):
        load_labelled(path, cache_dir=tmp_path / "cache")


def test_labels_that_are_all_different_are_noted(tmp_path):
    rows = [(f"film {n}", f"a {n}") for n in range(50)]
    splits = load_labelled(rows, cache_dir=tmp_path)
    said = "train: 50 different labels in 50 rows, such as 'a 0'. To swap: text='label'"
    assert splits.notes[0].startswith(said)


@pytest.mark.parametrize("printed", ["['joy', 'fear']", '["joy"]', "[]", "('a', 'b')"])
def test_printed_lists(tmp_path, printed):
    rows = [("a film", printed), ("a plot", "joy")]
    options = {"cache_dir": tmp_path, "validation_fraction": 0}
    (note,) = load_labelled(rows, **options).notes
    assert note.startswith("train: some labels are lists in print")
    assert "label_separator" in note
    for label in ("[joy]", "joy", ["joy", "fear"]):
        notes = load_labelled([("a", label), ("b", label)], **options).notes
        assert not any("in print" in note for note in notes)
