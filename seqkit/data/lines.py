"""Records, and the lines of text files that most of them come from."""

import codecs
import gzip
import zlib
from typing import NamedTuple

from seqkit.errors import DataError


class Record(NamedTuple):
    """What one line or row holds, and where it stands.

    Args:
        where: File or split.
        line: Line of the file, counted from 1; `None` where there are no lines.
        row: Row, counted from 0; `None` where there are lines.
        values: Column name to value.
    """

    where: str
    line: int | None
    row: int | None
    values: dict

    def error(self, expected, found, fix=None):
        """Returns the `DataError` that names this record's place."""
        place = {"where": self.where, "line": self.line, "row": self.row}
        return DataError(expected, found, **place, fix=fix)


def text_of(record, values, column, fix):
    """Returns the text in a column, or raises the `DataError` that tells its fault.

    Args:
        record: Names the place.
        values: Column name to value.
        column: The wanted one.
        fix: What to do where it is missing.
    """
    if column not in values:
        found = ", ".join(map(repr, values))
        raise record.error(f"a column {column!r}", found, fix=fix)
    text = values[column]
    if not isinstance(text, str):
        raise record.error(f"text in column {column!r}", brief(text))
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            found = f"a lone surrogate at character {error.start + 1}: {brief(text)}"
            raise record.error(f"Unicode in column {column!r}", found) from error
    return text


def brief(value, length=60):
    """`repr(value)`, cut to `length` characters, for messages."""
    text = repr(value)
    return text if len(text) <= length else f"{text[: length - 1]}…"


def raw_lines(path):
    """Yields (line number from 1, bytes with their line end), without the BOM.

    A line ends at `\\n` and nowhere else: U+2028, U+0085 and the like belong to the
    text, and splitting there would shift parallel files against each other.
    """
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            for number, raw in enumerate(file, start=1):
                yield number, raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
    except (OSError, EOFError, zlib.error) as error:
        raise DataError("a readable file", error, where=path) from error


def decode(path, number, raw):
    """Returns the line as text, or the `DataError` that names the broken byte."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return DataError(
            "UTF-8 text",
            f"byte 0x{raw[error.start]:02x} at byte {error.start + 1} of the line",
            where=path,
            line=number,
            fix="Convert the file to UTF-8, for example with iconv",
        )


def text_lines(path):
    """Yields (line number, text without its line end or a `DataError`)."""
    for number, raw in raw_lines(path):
        raw = raw[:-2] if raw.endswith(b"\r\n") else raw.removesuffix(b"\n")
        yield number, decode(path, number, raw)
