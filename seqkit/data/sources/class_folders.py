"""Text files in one folder per class, `train/pos/*.txt`, or one file per class."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from seqkit.data.sources.files import Part, split_ending, split_stem
from seqkit.data.sources.lines import NoTarget, Record, listed
from seqkit.data.sources.readers import read_document, read_text
from seqkit.data.sources.splits import split_at_end, split_name
from seqkit.data.sources.store import key_of
from seqkit.data.sources.visible import visible, visible_files
from seqkit.errors import DataError

_ENDINGS = ("txt", "text")
UNLABELLED = "unsup"  # where IMDB keeps texts without a label


@dataclass(frozen=True)
class ClassPart(Part):
    """A split of class folders: `labels` holds the class of each of its files."""

    labels: tuple[str, ...] = ()
    unlabelled: int = 0

    def key(self) -> str:
        """Returns a hash of the contents and of the names."""
        names = [path.name for path in self.files]
        return key_of(super().key(), names, self.labels)


def class_folder_parts(
    folder: Path, columns: Sequence[Any], encoding: str = "utf-8"
) -> dict[str, ClassPart]:
    """Finds class folders, in folders named after splits or in the folder itself.

    A class folder holds `.txt` files, perhaps compressed (`.txt.gz`); its name is the
    class. There must be at least two of them. Files beside them are ignored. The folder
    `unsup` is no class: IMDB keeps texts without a label there, which are counted as
    `unlabelled`.
    """
    for path in visible(folder):
        stem = split_stem(path)
        if path.is_file() and (split_name(stem) or split_at_end(stem)):
            return {}
    named = {path: split_name(path.name) for path in visible(folder)}
    places = {path: split for path, split in named.items() if split and path.is_dir()}
    if not places:
        part = class_folder_part(folder, columns, encoding)
        return {"train": part} if part and len(set(part.labels)) > 1 else {}
    parts = {path: class_folder_part(path, columns, encoding) for path in places}
    classes = {label for part in parts.values() if part for label in part.labels}
    if len(classes) < 2:
        return {}
    found = {}
    for path, part in parts.items():
        if part is None and any(map(_is_text, visible_files(path))):
            expected = f"folders of classes, such as {path.name}/{min(classes)}/"
            error = NoTarget(expected, "text files alone", where=path)
            texts = tuple(filter(_is_text, visible_files(path)))
            read = partial(itertools.repeat, error, len(texts))
            found[places[path]] = ClassPart(str(path), read, texts)
        if part and places[path] in found:
            names = f"{found[places[path]].where} and {path}"
            raise DataError(f"one source of the split {places[path]}", names)
        if part:
            found[places[path]] = part
    return found


def class_folder_part(
    folder: Path, columns: Sequence[Any], encoding: str = "utf-8"
) -> ClassPart | None:
    """Returns the `ClassPart` for a folder of class folders, `None` without any."""
    files, labels, unlabelled = [], [], 0
    for place in filter(Path.is_dir, visible(folder)):
        texts = [path for path in visible(place) if _is_text(path)]
        if place.name == UNLABELLED:
            unlabelled = len(texts)
            continue
        files += texts
        labels += [place.name] * len(texts)
    if not files:
        return None
    return ClassPart(
        str(folder),
        partial(_read, files, labels, columns, encoding),
        tuple(files),
        notes=("classes named after folders",),
        labels=tuple(labels),
        unlabelled=unlabelled,
    )


def class_file_parts(
    folder: Path, columns: Sequence[Any], encoding: str = "utf-8"
) -> dict[str, ClassPart]:
    """Finds files of one name and different endings, each the texts of a class.

    `x.pos` and `x.neg` are train, `test.pos` and `test.neg` are test. Each line is a
    text.
    """
    by_stem: dict[str, dict[str, Path]] = {}
    for path in filter(Path.is_file, visible(folder)):
        stem, ending = split_ending(path)
        if split_name(ending):
            return {}
        by_stem.setdefault(stem, {})[ending] = path
    several = {stem: one for stem, one in by_stem.items() if len(one) > 1 and stem}
    splits = {stem: split_name(stem) or split_at_end(stem) for stem in several}
    if not any(splits.values()) and len(several) == 1:
        splits = dict.fromkeys(several, "train")
    found = {}
    for stem, split in splits.items():
        if split and split not in found:
            classes, files = zip(*several[stem].items(), strict=True)
            read = partial(_read, files, classes, columns, encoding, read_text)
            notes = (f"classes named after file endings: {listed(classes)}",)
            where = str(folder / stem)
            found[split] = ClassPart(where, read, files, notes=notes, labels=classes)
    return found


def _is_text(path: Path) -> bool:
    return split_ending(path)[1] in _ENDINGS and path.is_file()


def _read(files, labels, columns, encoding, read=read_document):
    text_column, label_column = columns
    for path, label in zip(files, labels, strict=True):
        for record in read(path, [text_column], encoding):
            if isinstance(record, Record):
                record.values[label_column] = label
            yield record
