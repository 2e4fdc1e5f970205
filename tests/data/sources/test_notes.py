"""What a loader decides by itself is reported, the same when nothing is read again."""

import json

import numpy as np
import pytest
from PIL import Image

from seqkit.data import (
    load_captions,
    load_labelled,
    load_pairs,
    load_tagged,
    load_texts,
)


@pytest.fixture
def notes(tmp_path):
    """Writes files, loads their folder twice, and returns its notes."""

    def run(load, files, **options):
        folder = tmp_path / "data"
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        options = {"cache_dir": tmp_path / "cache", "validation_fraction": 0} | options
        first, second = (load(folder, **options) for _ in range(2))
        assert first.notes == second.notes
        assert first.summary().split("\n")[1 : 1 + len(first.notes)] == first.notes
        return first.notes

    return run


def test_format_and_columns_without_a_header(notes):
    files = {
        "train.txt": "a\tb\nc\td\n",
        "dev.txt": "e\tf\n",
        "test.csv": "en,de\ng,h\n",
    }
    assert notes(load_pairs, files, source="en", target="de") == [
        "train, validation: read as tsv, by the file ending .txt",
        "train, validation: no header, so the columns are en, de",
        "test: read as csv, by the file ending .csv",
    ]


def test_columns_in_a_translation(notes):
    line = json.dumps({"translation": {"en": "a", "de": "b"}}) + "\n"
    assert notes(load_pairs, {"train.jsonl": line}, source="en", target="de") == [
        "train: read as jsonl, by the file ending .jsonl",
        "train: 'en' and 'de' taken from the column 'translation'",
    ]


def test_several_labels_and_fasttext(notes):
    files = {
        "train.txt": "__label__a __label__b one text\n__label__a another\n",
        "test.jsonl": '{"text": "one", "label": "a"}\n',
    }
    assert notes(load_labelled, files) == [
        "train: read as tsv or fasttext, by the file ending .txt",
        "train: fastText labels, since the first line begins with __label__",
        "train: several labels per text, since column 'label' holds lists",
        "test: read as jsonl, by the file ending .jsonl",
    ]


def test_class_folders(notes):
    files = {f"train/{name}/1.txt": name for name in ("pos", "neg")}
    assert notes(load_labelled, files) == ["train: classes named after folders"]


def test_columns_of_conll_files(notes):
    conllu = "1\tAda\t_\tPROPN\t_\t_\t_\t_\t_\t_\n"
    files = {"train.conll": "Ada NNP B-PER\n", "test.conllu": conllu}
    assert notes(load_tagged, files) == [
        "train: read as conll, by the file ending .conll",
        "train: words in 0, tags in 2 of columns 0 to 2",
        "test: read as conllu, by the file ending .conllu",
        "test: tags from the column UPOS",
    ]
    assert notes(load_tagged, files, tokens=0, tags=1, format="conll") == []


def test_columns_of_captions(notes, tmp_path):
    (tmp_path / "data").mkdir()
    for number in range(2):
        picture = Image.fromarray(np.full([8, 8, 3], number, "uint8"))
        picture.save(tmp_path / "data" / f"{number}.png")
    rows = [{"file_name": f"{number}.png", "text": "x"} for number in range(2)]
    files = {"metadata.jsonl": "".join(json.dumps(row) + "\n" for row in rows)}
    assert notes(load_captions, files, validation_fraction=1) == [
        "train: image from the column 'file_name'",
        "train: caption from the column 'text'",
        "validation: 1 row held out of train",
    ]


def test_what_is_asked_for_is_not_noted(notes):
    files = {"train.tsv": "a\tb\n"}
    found = notes(load_labelled, files, text=0, label=1, format="tsv")
    assert found == []
    assert load_texts(["a", "b"], validation_fraction=0).notes == []
