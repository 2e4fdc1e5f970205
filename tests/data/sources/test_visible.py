"""Files of a system or an editor are passed over, whatever is read."""

import shutil

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

JUNK = b"\x00\x05\x16\x07\xff not data"


def litter(folder):
    """What file managers and notebooks leave, beside every file of a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            path.with_name(f"._{path.name}").write_bytes(JUNK)
            for place in (".ipynb_checkpoints", "__MACOSX"):
                copy = path.parent / place / path.name
                copy.parent.mkdir(exist_ok=True)
                shutil.copy(path, copy)
    for place in [folder, *(one for one in folder.rglob("*") if one.is_dir())]:
        for name in (".DS_Store", "Thumbs.db", "desktop.ini", ".hidden.txt"):
            (place / name).write_bytes(JUNK)


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


TEXTS = {"train/a.txt": "one\ntwo\n", "train/b.txt": "three\n"}
CONLL = {"train/a.conll": "Ada B-PER\n", "train/b.conll": "Bo B-PER\n"}
KINDS = {
    "texts": (load_texts, {}, TEXTS),
    "documents": (load_texts, {"documents": True}, TEXTS),
    "classes": (load_labelled, {}, {"pos/1.txt": "good", "neg/1.txt": "bad"}),
    "classes of splits": (
        load_labelled,
        {},
        {f"{s}/{c}/1.txt": f"{s} {c}" for s in ("train", "test") for c in "ab"},
    ),
    "label lines": (load_labelled, {"format": "label_lines"}, {"x.train": "a b\n"}),
    "pairs": (
        load_pairs,
        {"source": "en", "target": "de"},
        {"train.en": "a\n", "train.de": "b\n", "dev/en": "c\n", "dev/de": "d\n"},
    ),
    "tables": (
        load_pairs,
        {"source": "en", "target": "de"},
        {"train/a.tsv": "a\tb\n", "train/b.tsv": "c\td\n"},
    ),
    "columns": (load_tagged, {}, CONLL),
    "any ending": (load_tagged, {"format": "conll"}, {"eng.train": "Ada B-PER\n"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_hidden_files_change_nothing(tmp_path, kind):
    load, options, files = KINDS[kind]
    options = options | {"validation_fraction": 0, "cache_dir": tmp_path / "cache"}
    write(tmp_path / "data", files)
    wanted = {
        name: rows[:] for name, rows in load(tmp_path / "data", **options).items()
    }
    litter(tmp_path / "data")
    found = load(tmp_path / "data", **options)
    assert {name: rows[:] for name, rows in found.items()} == wanted


@pytest.mark.parametrize("form", ["metadata", "coco", "tokens"])
def test_hidden_files_beside_images(tmp_path, form):
    data = tmp_path / "data"
    for split in ("train", "test"):
        (data / split).mkdir(parents=True)
        Image.fromarray(np.zeros([2, 2, 3], np.uint8)).save(data / split / "0.png")
    coco = '{"images": [{"id": 1, "file_name": "0.png"}], "annotations": '
    coco += '[{"image_id": 1, "caption": "dark"}]}'
    row = '{"file_name": "0.png", "text": "dark"}\n'
    files = {
        "metadata": {"train/metadata.jsonl": row, "test/metadata.jsonl": row},
        "coco": {"captions_train.json": coco, "captions_test.json": coco},
        "tokens": {"x.token.txt": "train/0.png#0\tdark\n"},
    }
    write(data, files[form])
    options = {"validation_fraction": 0, "cache_dir": tmp_path / "cache"}
    wanted = {name: rows[:] for name, rows in load_captions(data, **options).items()}
    litter(data)
    found = load_captions(data, **options)
    assert {name: rows[:] for name, rows in found.items()} == wanted
