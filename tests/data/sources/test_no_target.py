"""A split without labels, such as a blind test, is left out, and said."""

import pytest

from seqkit.data import load_labelled, load_pairs, load_tagged
from seqkit.errors import DataError

GOOD = [("a film", "good"), ("a plot", "bad")]
TSV = "a film\tgood\na plot\tbad\n"
CSV = "text,label\na film,good\na plot,bad\n"
PAIRS = {"source": "en", "target": "de"}
CONLLU = "1\tAda\t_\tPROPN" + "\t_" * 6 + "\n\n"
BLIND = {
    "tsv": (load_labelled, {}, {"train.tsv": TSV, "test.tsv": "a\nb, c\nd\n"}),
    "csv": (
        load_labelled,
        {},
        {"train.csv": CSV, "test.csv": "id,text\n1,a\n2,b\n3,c\n"},
    ),
    "empty": (load_labelled, {}, {"train.tsv": TSV, "test.tsv": "a\t\nb\t\nc\t\n"}),
    "numbers": (
        load_labelled,
        {"text": 0, "label": 1},
        {"train.tsv": TSV, "test.tsv": "a\nb\nc\n"},
    ),
    "json": (
        load_labelled,
        {},
        {
            "train.tsv": TSV,
            "test.jsonl": '{"text": "a"}\n{"text": "b", "label": null}\n' * 2,
        },
    ),
    "folders": (
        load_labelled,
        {},
        {"train/x/1.txt": "a", "train/y/1.txt": "b"}
        | {f"test/{n}.txt": "c" for n in range(3)},
    ),
    "parallel": (
        load_pairs,
        PAIRS,
        {"train.en": "a\nb\n", "train.de": "c\nd\n", "test.en": "e\nf\ng\n"},
    ),
    "pairs": (load_pairs, PAIRS, {"train.tsv": TSV, "test.tsv": "a\t\nb\t\nc\t\n"}),
    "conll": (
        load_tagged,
        {},
        {"train.conll": "a O\nb B\n\nc O\n", "test.conll": "a\nb\n\nc\n\n\nd"},
    ),
    "conllu": (
        load_tagged,
        {},
        {"train.conllu": CONLLU * 2, "test.conllu": CONLLU.replace("PROPN", "_") * 3},
    ),
    "tags": (
        load_tagged,
        {},
        {
            "train.jsonl": '{"tokens": ["a"], "tags": ["O"]}\n' * 2,
            "test.jsonl": '{"tokens": ["a"]}\n' * 3,
        },
    ),
}


@pytest.fixture
def folder(tmp_path):
    def make(files):
        for name, text in files.items():
            path = tmp_path / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return tmp_path / "data"

    return make


@pytest.mark.parametrize("on_error", ["raise", "skip"])
@pytest.mark.parametrize("kind", BLIND)
def test_a_blind_test(folder, tmp_path, kind, on_error):
    load, options, files = BLIND[kind]
    options = options | {"validation_fraction": 0, "on_error": on_error}
    splits = load(folder(files), cache_dir=tmp_path / "cache", **options)
    assert list(splits) == ["train"] and len(splits["train"]) == 2
    assert splits.skipped == {"test": 4 if kind == "json" else 3}
    assert "all rows, since none has a target: " in splits.messages["test"][0]
    assert "test: 4 left out" in splits.summary() or "3 left out" in splits.summary()


@pytest.mark.parametrize("kind", ["tsv", "csv", "json", "parallel", "conll", "tags"])
def test_train_must_have_labels(folder, tmp_path, kind):
    load, options, files = BLIND[kind]
    test = {name: text for name, text in files.items() if name.startswith("test")}
    train = {name.replace("test", "train"): text for name, text in test.items()}
    with pytest.raises(DataError, match="train"):
        load(folder(train), cache_dir=tmp_path / "cache", **options)


def test_one_row_without_a_label_is_an_error(tmp_path):
    for rows in ([("x", None), *GOOD], [*GOOD, ("x", "")], [("x", None), ("", "good")]):
        with pytest.raises(DataError, match="split test, row .: expected"):
            load_labelled({"train": GOOD, "test": rows}, cache_dir=tmp_path)
    splits = load_labelled(
        {"train": GOOD, "test": [("x", None), *GOOD]},
        cache_dir=tmp_path,
        on_error="skip",
        validation_fraction=0,
    )
    assert len(splits["test"]) == 2 and splits.skipped == {"test": 1}


def test_all_splits_without_labels(tmp_path):
    rows = [("x", None), ("y", "")]
    with pytest.raises(DataError, match="row 0: expected a label"):
        load_labelled({"dev": rows, "test": rows}, cache_dir=tmp_path)
    for given in ({"test": GOOD, "dev": rows}, {"dev": rows, "test": GOOD}):
        splits = load_labelled(given, cache_dir=tmp_path)
        assert list(splits) == ["test"] and splits.skipped == {"validation": 2}
