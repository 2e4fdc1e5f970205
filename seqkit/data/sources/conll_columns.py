"""The columns of a CoNLL file, and which of its lines are comments."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from seqkit.data.sources.lines import NoTarget, listed, text_lines
from seqkit.errors import DataError

COMMENT = re.compile(r"# ?([\w.:-]+) = (.*)")
_NAMES = re.compile(r"# ?global\.columns *= *(.*)")
_FIELDS = re.compile(r"[^ \t]+")
_DOCUMENT = "-DOCSTART-"
_EMPTY = {"feats": "_", "misc": "O"}  # the tag of a word that lacks the feature
_NEEDED = ("upos", "xpos", "head", "deprel")  # "_" is none of these


@dataclass(frozen=True)
class Columns:
    """The columns of a file, by number."""

    width: int
    tokens: int
    tags: int
    separator: str | None = None  # `None` is any run of spaces and tabs
    ids: int | None = None  # the column ID if the rules of CoNLL-U apply
    feature: str | None = None  # its key, if a feature in the column is the tag
    empty: str = "_"  # tag of a word without that feature
    needed: bool = False  # whether "_" is no tag
    header: int | None = None  # line with the names of columns
    tabs: bool = False
    known: frozenset = frozenset()  # tags of lines that are certainly words

    def split(self, line: str) -> list[str]:
        """Returns the fields of a line."""
        return _fields(line, self.separator)

    def ends_sentence(self, line: str) -> bool:
        """Whether a line separates sentences."""
        if not line.strip():
            return True
        return self.ids is None and line.startswith(_DOCUMENT)

    def is_comment(self, line: str) -> bool:
        """Whether a line before the first word of a sentence is a comment."""
        if not line.startswith("#"):
            return False
        if self.ids is not None or COMMENT.match(line):
            return True
        fields = self.split(line)
        if len(fields) != self.width or ("\t" in line) != self.tabs:
            return True
        return fields[self.tags] not in self.known


def named_columns(
    path: Path, names: Sequence[str], tokens: Any, tags: Any, *, separator: str | None
) -> Columns:
    """Returns `Columns` for a file whose columns have names.

    Words are by default in FORM or the first column, tags in the last. A column is
    given by name or number, that of tags also by `NAME.KEY` for a feature in it.
    """
    folded = [name.casefold() for name in names]
    if tokens is None:
        tokens = "form" if "form" in folded else 0
    tags, feature = -1 if tags is None else tags, None
    if isinstance(tags, str) and tags.casefold() not in folded:
        name, _, key = tags.partition(".")
        if key and name.casefold() in _EMPTY:
            tags, feature = name, key
    token_column = _number(path, names, len(names), tokens)
    tag_column = _number(path, names, len(names), tags)
    _check_different(path, token_column, tag_column, len(names))
    ids = folded.index("id") if "id" in folded else None
    kind = folded[tag_column]
    return Columns(
        len(names),
        token_column,
        tag_column,
        separator,
        ids,
        feature,
        empty=_EMPTY.get(kind, "_"),
        needed=ids is not None and kind in _NEEDED,
    )


def find_columns(
    path: Path, encoding: str, tokens: Any, tags: Any, separator: str | None
) -> Columns | None:
    """Reads a file and returns its `Columns`, or `None` if there are no words.

    Names are in a line `# global.columns = …`, or else, if one is asked for, in the
    first line. The first line with fields decides how many there are.
    """
    columns: Columns | None = None
    names, broken, known = None, None, set()
    by_name = isinstance(tokens, str) or isinstance(tags, str)
    for number, line in text_lines(path, encoding):
        if isinstance(line, DataError):
            broken = broken or line
            continue
        if not line.strip():
            continue
        if line.startswith("#"):
            if columns is None and (found := _NAMES.match(line)):
                names = found[1].split()
            continue
        if line.startswith(_DOCUMENT):
            continue
        if columns is None and names:  # CoNLL-U Plus has tabs
            more = {"separator": separator or "\t"}
            columns = named_columns(path, names, tokens, tags, **more)
        elif columns is None and by_name:
            if broken:  # it may have held the names
                raise broken
            names = [field.strip() for field in _fields(line, separator)]
            columns = named_columns(path, names, tokens, tags, separator=separator)
            columns = replace(columns, header=number, tabs="\t" in line)
            continue
        elif columns is None:
            width = len(_fields(line, separator))
            token_column = _number(path, (), width, 0 if tokens is None else tokens)
            tag_column = _number(path, (), width, -1 if tags is None else tags)
            _check_different(path, token_column, tag_column, width)
            columns = Columns(width, token_column, tag_column, separator)
            columns = replace(columns, tabs="\t" in line)
        fields = columns.split(line)
        if len(fields) == columns.width:
            known.add(fields[columns.tags])
    if columns is None and broken:
        raise broken
    return columns and replace(columns, known=frozenset(known))


def _fields(line: str, separator: str | None) -> list[str]:
    return _FIELDS.findall(line) if separator is None else line.split(separator)


def _number(path: Path, names: Sequence[str], width: int, column: Any) -> int:
    """Returns the number of a column, from 0."""
    folded = [name.casefold() for name in names]
    if isinstance(column, str) and column.casefold() in folded:
        return folded.index(column.casefold())
    if isinstance(column, int) and -width <= column < width:
        return column % width
    found = f"{width} column{'s' * (width > 1)}"
    if names:
        found += f": {listed(names, str)}"
    raise DataError(
        f"a column {column!r}",
        found,
        where=path,
        fix="Give its number, from 0, or from the end with -1; or its name, if the "
        "first line or a line # global.columns has names",
    )


def _check_different(path: Path, tokens: int, tags: int, width: int) -> None:
    if tokens == tags:
        raise (NoTarget if width == 1 else DataError)(
            "two columns, of tokens and of tags",
            f"column {tokens} of {width} for both",
            where=path,
            fix="Give tokens= and tags=, and separator= if it is no white space",
        )
