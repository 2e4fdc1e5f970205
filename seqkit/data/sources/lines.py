"""Records, and the lines of text files that most of them come from."""

import codecs
import contextlib
import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from seqkit.data.sources.encodings import MARKS, codec_name, likely_encoding, marked
from seqkit.errors import DataError


class NoTarget(DataError):
    """A row without what is to be learnt of it, as in the test files of a contest."""


class Record(NamedTuple):
    """The values of one line or row, and its place.

    Args:
        where: File or split.
        line: Line of the file, counted from 1; `None` if there are no lines.
        row: Row, counted from 0; `None` if there are lines.
        values: Column name to value.
        notes: What the reader decided by itself, as in `Splits.notes`.
    """

    where: str
    line: int | None
    row: int | None
    values: Any
    notes: tuple[str, ...] = ()

    def error(self, expected: str, found: Any, fix: str | None = None) -> DataError:
        """Returns the `DataError` that names this record's place."""
        place = {"where": self.where, "line": self.line, "row": self.row}
        return DataError(expected, found, **place, fix=fix)

    def missing(self, column: Any, fix: str | None = None) -> DataError:
        """Returns the `DataError` for a column that is not there."""
        return self.error(f"a column {column!r}", listed(self.values), fix=fix)


def no_target(error: DataError) -> NoTarget:
    """The same error, of a row that lacks its target and nothing else."""
    place = {"where": error.where, "line": error.line, "row": error.row}
    return NoTarget(error.expected, error.found, **place, fix=error.fix)


@contextlib.contextmanager
def as_target(value: Any) -> Iterator[None]:
    """Context in which errors are a `NoTarget` if the value is missing."""
    if isinstance(value, str | list | tuple):
        is_missing = not value or isinstance(value, str) and not value.strip()
    else:
        is_missing = value is None or (isinstance(value, float) and value != value)
    try:
        yield
    except DataError as error:
        raise (no_target(error) if is_missing else error) from error.__cause__


Records = Iterator[Record | DataError]


def text_of(
    record: Record, values: Mapping[Any, Any], column: Any, fix: str | None = None
) -> str:
    """Returns the text in a column of `values`."""
    if column not in values:
        raise record._replace(values=values).missing(column, fix)
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


def brief(value: Any, length: int = 60) -> str:
    """`repr(value)`, cut to `length` characters, for messages."""
    text = repr(value)
    return text if len(text) <= length else f"{text[: length - 1]}…"


def listed(values: Iterable[Any], show: Callable[[Any], str] = brief) -> str:
    """The first ten of some values, for messages."""
    values = list(values)
    more = f", … ({len(values):,} in all)" if len(values) > 10 else ""
    return ", ".join(map(show, values[:10])) + more or "none"


def whole_lines(
    path: Path, encoding: str = "utf-8"
) -> Iterator[tuple[int, str, DataError | None]]:
    """Yields (line number from 1, text with its line end, `None` or a `DataError`).

    A line ends at `\\n` and nowhere else: U+2028, U+0085 and the like belong to the
    text, and splitting there would shift parallel files against each other. A byte
    order mark is dropped. If there is an error, the text has U+FFFD in place of the
    broken bytes. Files ending in `.gz` are decompressed.
    """
    name = codec_name(encoding)
    read = _utf8_lines if name in ("utf-8", "utf-8-sig") else _other_lines
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            yield from read(path, file, name)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError("a readable file", error, where=path) from error


def text_lines(
    path: Path, encoding: str = "utf-8"
) -> Iterator[tuple[int, str | DataError]]:
    """Yields (line number, text without its line end or a `DataError`)."""
    for number, text, error in whole_lines(path, encoding):
        text = text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")
        yield number, error or text


def _utf8_lines(path: Path, file: Iterable[bytes], _: str):
    """Decodes line by line, so that a broken byte affects only its own line."""
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


def _other_lines(path: Path, file: Any, name: str):
    """Decodes before splitting: a byte of a line end may be half a character."""
    fix = None
    try:
        with io.TextIOWrapper(file, name, errors=MARKS, newline="\n") as lines:
            for number, text in enumerate(lines, start=1):
                if number == 1:
                    text = text.removeprefix("\ufeff")
                text, found = marked(text)
                error = None
                if found:
                    fix = fix or _fix(name, likely_encoding(path))
                    error = DataError(
                        f"{name} text", found, where=path, line=number, fix=fix
                    )
                yield number, text, error
    except UnicodeError as error:  # the decoder cannot go on
        raise DataError(f"{name} text", error, where=path) from error


def _fix(tried: str, likely: str | None) -> str:
    """What to do about a broken byte."""
    if likely in (None, tried):  # a damaged line, or no guess
        return 'Convert the file to UTF-8, or name its encoding: encoding="…"'
    return f'It looks like {likely}: give encoding="{likely}", or convert it to UTF-8'
