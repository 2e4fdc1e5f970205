"""Reader of lines that begin with their label: `label text`, `__label__a text`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqkit.data.sources.lines import Record, Records, brief, text_lines
from seqkit.errors import DataError

FASTTEXT = "__label__"


def read_label_lines(
    path: Path, columns: Sequence[Any], encoding: str = "utf-8"
) -> Records:
    """Reads a label and, after a space, a text from each line.

    If the first line begins with `__label__`, the file is in fastText's format: lines
    begin with one or more labels, each `__label__` and a name, and the labels of a row
    are a list.
    """
    text_column, label_column = columns
    split, expected, notes = _split_plain, "a label, a space and a text", ()
    is_first = True
    for number, line in text_lines(path, encoding):
        if isinstance(line, DataError):
            yield line
            continue
        if is_first and line.startswith(FASTTEXT):
            split = _split_fasttext
            expected = f"{FASTTEXT} and a label, a space and a text"
            notes = (f"fastText labels, since the first line begins with {FASTTEXT}",)
        is_first = False
        label, text = split(line)
        if label and text.strip():
            values = {text_column: text, label_column: label}
            yield Record(str(path), number, None, values, notes)
        else:
            found = brief(line) if line else "an empty line"
            yield DataError(expected, found, where=path, line=number)


def _split_plain(line: str) -> tuple[str, str]:
    label, _, text = line.partition(" ")
    return "" if label.startswith(FASTTEXT) else label, text


def _split_fasttext(line: str) -> tuple[list[str], str]:
    labels, rest = [], line
    while rest.startswith(FASTTEXT):
        label, *more = rest.removeprefix(FASTTEXT).split(maxsplit=1) or [""]
        if not label or rest[len(FASTTEXT)].isspace():
            return [], line
        labels.append(label)
        rest = more[0] if more else ""
    return labels, rest
