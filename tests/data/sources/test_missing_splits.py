"""Splits that a dataset lacks are held out, and share no text with the rest."""

import pytest

from seqkit import recipes
from seqkit.data import load_labelled, load_pairs, load_tagged, load_texts
from seqkit.errors import DataError
from tests import tiny

NUMBERS = range(200)
LOADERS = {
    "pairs": (
        lambda rows, **options: load_pairs(rows, source="a", target="b", **options),
        [(f"text {n}", f"Text {n}") for n in NUMBERS],
        "source",
    ),
    "labelled": (load_labelled, [(f"text {n}", n % 2) for n in NUMBERS], "text"),
    "tagged": (load_tagged, [([f"w{n}"], ["O"]) for n in NUMBERS], "tokens"),
    "documents": (
        lambda rows, **options: load_texts(rows, documents=True, **options),
        [f"text {n}" for n in NUMBERS],
        "text",
    ),
}


@pytest.mark.parametrize("kind", LOADERS)
def test_test_is_held_out_of_train(kind, tmp_path):
    load, rows, column = LOADERS[kind]
    options = {"cache_dir": tmp_path, "test_fraction": 0.1, "validation_fraction": 0.2}
    splits = load(rows, **options)
    sizes = {name: len(split) for name, split in splits.items()}
    assert sizes == {"train": 140, "validation": 40, "test": 20}
    assert (splits.held_out, splits.held_out_test) == (40, 20)
    assert splits.notes == [
        "test: 20 rows held out of train",
        "validation: 40 rows held out of train",
    ]
    texts = [str(text) for split in splits.values() for text in split[column]]
    assert len(set(texts)) == 200
    again = load(rows, **options, seed=1)
    assert again["test"][column][:] != splits["test"][column][:]
    assert list(load(rows, **options | {"validation_fraction": 0})) == ["train", "test"]


@pytest.mark.parametrize("kind", LOADERS)
def test_splits_that_are_there_are_left_alone(kind, tmp_path):
    load, rows, _ = LOADERS[kind]
    given = {"train": rows[:50], "dev": rows[50:60], "test_b": rows[60:65]}
    splits = load(given, cache_dir=tmp_path, test_fraction=0.1)
    sizes = {name: len(split) for name, split in splits.items()}
    assert sizes == {"train": 50, "validation": 10, "test_b": 5}
    assert not splits.notes and not splits.held_out and not splits.held_out_test
    only = load({"test": rows}, cache_dir=tmp_path, test_fraction=0.1)
    assert list(only) == ["test"]


@pytest.mark.parametrize("kind", LOADERS)
def test_wrong_fractions(kind, tmp_path):
    load, rows, _ = LOADERS[kind]
    with pytest.raises(DataError, match="test_fraction from 0 on, found -1"):
        load(rows, cache_dir=tmp_path, test_fraction=-1)
    with pytest.raises(DataError, match="below 1, found 0.5 and 0.5"):
        load(rows, cache_dir=tmp_path, test_fraction=0.5, validation_fraction=0.5)


@pytest.mark.parametrize(
    ("rows", "held", "why"),
    [(100, 20, True), (900, 180, True), (2000, 200, True), (8000, 400, False)],
)
def test_by_default_enough_is_held_out_to_judge_by(tmp_path, rows, held, why):
    data = [(f"text {n}", n % 4) for n in range(rows)]
    splits = load_labelled(data, cache_dir=tmp_path)
    assert len(splits["validation"]) == held
    (note,) = splits.notes
    assert ("since 5% would be few" in note) == why
    labels = splits["validation"]["labels"][:]
    assert {labels.count([str(n)]) for n in range(4)} == {held // 4}  # stratified


def test_of_running_text_a_twentieth_is_held_out(tmp_path):
    splits = load_texts([f"line {n:03}" for n in range(200)], cache_dir=tmp_path)
    assert len(splits["validation"]) == 10


ONE_SPLIT = {
    "captioning": "metadata.jsonl",
    "forecasting": "",  # a file by itself
    "language_modeling": "train.txt",
    "pointing": "train.jsonl",
    "sentiment": "train.tsv",
    "speech": "train/metadata.jsonl",
    "summarization": "train.jsonl",
    "tagging": "train.conll",
    "translation": "train.tsv",
}


@pytest.mark.parametrize("name", dir(recipes))
def test_every_recipe_holds_out_a_test_split(tmp_path, name):
    whole = getattr(tiny, f"{name}_folder")(tmp_path)
    path = whole / ONE_SPLIT[name]
    path = whole / "train" if name == "captioning" else path
    options = {"test_fraction": 0.25, "cache_dir": str(tmp_path / "cache")}
    if name == "captioning":  # of validation
        options |= {"validation_fraction": 0.5}
    report = getattr(recipes, name).check({"train": str(path)}, **options)
    assert list(report.splits) == ["train", "validation", "test"]
    alone = getattr(recipes, name).check(
        {"train": str(path)}, cache_dir=str(tmp_path / "cache"), validation_fraction=0
    )
    assert sum(report.splits.values()) == sum(alone.splits.values())
    assert report.splits["test"] >= 5
