"""Records, and the lines of text files that most of them come from."""

import codecs
import gzip
import io
import zlib
from typing import NamedTuple

from seqkit.data.sources.encodings import MARKS, codec_name, likely_encoding, marked
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


def whole_lines(path, encoding="utf-8"):
    """Yields (line number from 1, text with its line end, `None` or a `DataError`).

    A line ends at `\\n` and nowhere else: U+2028, U+0085 and the like belong to the
    text, and splitting there would shift parallel files against each other. A byte
    order mark is left out. Where there is an error the text holds U+FFFD in place of
    the broken bytes.

    Args:
        path: The file; compressed where it ends in `.gz`.
        encoding: What Python calls an encoding of text, UTF-16 too.
    """
    name = codec_name(encoding)
    read = _utf8_lines if name in ("utf-8", "utf-8-sig") else _other_lines
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            yield from read(path, file, name)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError("a readable file", error, where=path) from error


def text_lines(path, encoding="utf-8"):
    """Yields (line number, text without its line end or a `DataError`)."""
    for number, text, error in whole_lines(path, encoding):
        text = text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")
        yield number, error or text


def _utf8_lines(path, file, _):
    """Decodes line by line, so that a broken byte costs its line alone."""
    fix = None
    for number, raw in enumerate(file, start=1):
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        try:
            yield number, raw.decode(), None
        except UnicodeDecodeError as broken:
            byte, place = raw[broken.start], broken.start + 1
            found = f"byte 0x{byte:02x} at byte {place} of the line"
            fix = fix or _fix("utf-8", likely_encoding(path, raw))
            error = DataError("UTF-8 text", found, where=path, line=number, fix=fix)
            yield number, raw.decode(errors="replace"), error


def _other_lines(path, file, name):
    """Decodes before lines are cut: a byte of a line end may be half a character."""
    fix, options = None, {"encoding": name, "errors": MARKS, "newline": "\n"}
    try:
        with io.TextIOWrapper(file, **options) as lines:
            for number, text in enumerate(lines, start=1):
                if number == 1:
                    text = text.removeprefix("\ufeff")
                text, found = marked(text)
                error = None
                if found:
                    fix = fix or _fix(name, likely_encoding(path))
                    place = {"where": path, "line": number}
                    error = DataError(f"{name} text", found, **place, fix=fix)
                yield number, text, error
    except UnicodeError as error:  # a decoder that cannot go on
        raise DataError(f"{name} text", error, where=path) from error


def _fix(tried, likely):
    """What to do about a broken byte."""
    if likely in (None, tried):  # the line is damaged, or nothing can be told
        return 'Convert the file to UTF-8, or name its encoding: encoding="…"'
    return f'It looks like {likely}: give encoding="{likely}", or convert it to UTF-8'
