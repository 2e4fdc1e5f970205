"""Readers of TSV and CSV files, with or without a header.

Columns are given by name, or by number, counted from 0. Without a header that names
them, every line is a row, unless the first looks like a header or `header` says that it
is one; then it is left out. Fields may be of any length.
"""

import contextlib
import csv
import itertools
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from seqkit.data.sources.headers import ROWS, looks_like_header
from seqkit.data.sources.lines import (
    NoTarget,
    Record,
    Records,
    brief,
    listed,
    no_target,
    text_lines,
    whole_lines,
)
from seqkit.errors import DataError

_Lines = Iterator[tuple[int, list[str] | DataError]]


SEPARATORS = ",;|\t"  # that messages propose
_NO_LIMIT = 2**31 - 1
_LOCK = threading.Lock()


def read_tsv(
    path: Path,
    columns: Sequence[Any],
    encoding: str = "utf-8",
    separator: str = "\t",
    header: bool | None = None,
) -> Records:
    """Reads tab-separated fields; quotes are ordinary characters."""
    return named_records(path, columns, _tsv_fields(path, encoding, separator), header)


def read_csv(
    path: Path,
    columns: Sequence[Any],
    encoding: str = "utf-8",
    separator: str | None = None,
    header: bool | None = None,
) -> Records:
    """Reads comma-separated fields, which may be quoted and then hold line ends.

    Without a separator it is a semicolon, which is noted, if the first line has the
    columns between semicolons, and no comma.
    """
    if separator is not None and len(separator) != 1:
        expected = "a separator of one character for CSV"
        raise DataError(expected, repr(separator), where=path)
    notes = ()
    if separator is None and _has_semicolons(path, columns, encoding):
        separator, notes = ";", ("columns are separated by semicolons",)
    fields = _csv_fields(path, encoding, separator or ",")
    return named_records(path, columns, fields, header, notes)


def _has_semicolons(path: Path, columns: Sequence[Any], encoding: str) -> bool:
    """Whether the first line holds the columns if they are separated by semicolons."""
    _, text = next(text_lines(path, encoding), (1, ""))
    if isinstance(text, DataError) or ";" not in text:
        return False
    with contextlib.suppress(csv.Error):
        fields = next(csv.reader([text], delimiter=";"))
        if len(next(csv.reader([text]))) > 1 or len(fields) < 2:
            return False
        names = {column for column in columns if isinstance(column, str)}
        named = names.issubset(field.strip() for field in fields)
        return named and len(fields) >= len(columns) or len(fields) == len(columns)
    return False


def _tsv_fields(path: Path, encoding: str, separator: str) -> _Lines:
    for number, text in text_lines(path, encoding):
        yield number, text if isinstance(text, DataError) else text.split(separator)


def _csv_fields(path: Path, encoding: str, separator: str) -> _Lines:
    broken = []

    def texts():
        for _, text, error in whole_lines(path, encoding):
            if error:
                broken.append(error)
            yield text  # a broken line too: it keeps quotes paired

    rows = csv.reader(texts(), strict=True, delimiter=separator)
    while True:
        start = rows.line_num + 1
        try:
            fields = _next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            fix = "A field with quotes in it is quoted, and those quotes are doubled"
            fields = DataError("valid CSV", error, where=path, line=start, fix=fix)
            if rows.line_num > start:  # an open quote has swallowed further rows
                raise fields from error
        if broken:
            fields = broken[0]
            broken.clear()
        yield start, fields


def _next(rows: Any) -> list[str]:
    """The next row; the limit to fields is that of all readers in the process."""
    with _LOCK:
        limit = csv.field_size_limit(_NO_LIMIT)
        try:
            return next(rows)
        finally:
            csv.field_size_limit(limit)


def named_records(
    path: Path,
    columns: Sequence[Any],
    lines: _Lines,
    header: bool | None,
    notes: tuple[str, ...] = (),
) -> Records:
    """Names the fields of each line by the header, or by `columns` without one."""
    names = None
    ahead: Any
    lines, ahead = itertools.tee(lines)
    for number, fields in lines:
        if names is None:
            if isinstance(fields, DataError):  # it may have been the header
                raise fields
            try:
                names, is_header = _column_names(path, columns, fields, header)
            except NoTarget as error:
                named = any(column in fields for column in columns)
                yield from [error] * (not named)
                yield from (error for _ in lines)
                return
            guess = header is None and not is_header
            if guess and _guessed(fields, itertools.islice(ahead, 1, ROWS)):
                is_header = True
                notes += (
                    f"the first line is taken for a header: {listed(fields)}, read as "
                    f"{', '.join(map(str, columns))}. With header=False it is a row",
                )
            elif names is columns and not is_header:
                notes += (f"no header, so the columns are {', '.join(columns)}",)
            ahead = None  # else all lines would be kept
            if is_header:
                continue
        if isinstance(fields, DataError):
            yield fields
        elif len(fields) != len(names):
            found = brief(fields) if any(fields) else "an empty line"
            yield DataError(f"{len(names)} fields", found, where=path, line=number)
        else:
            values = dict(zip(names, fields, strict=True))
            yield Record(str(path), number, None, values, notes)


def _guessed(first, rows):
    """Whether the first line is a header although it does not name the columns."""
    rows = [row for _, row in rows if isinstance(row, list)]
    same = [row for row in rows if len(row) == len(first)]
    return len(first) > 1 and looks_like_header(first, same)


def _column_names(path, columns, first, header):
    """Returns the column names, and whether they are `first`, the first line."""
    if any(isinstance(column, int) for column in columns):
        names, is_header = _numbered(path, columns, first)
        return names, is_header or bool(header)
    if header is False and len(first) == len(columns):
        return columns, False
    if not columns and (several := [one for one in first if first.count(one) > 1]):
        found = f"several called {brief(several[0])}"
        raise _unusable(path, first, "columns with different names", found)
    if not all(column in first for column in columns):
        first = [field.strip() for field in first]
    if all(first.count(column) == 1 for column in columns):
        return first, True
    wanted = {column.casefold() for column in columns}
    named = any(field.casefold() in wanted for field in first)
    if len(first) == len(columns) and (header or not named):
        return columns, bool(header)
    expected = f"a header with the columns {', '.join(columns)}, or no header and"
    error = _unusable(
        path,
        first,
        f"{expected} exactly {len(columns)} columns",
        "Name the columns as the header does",
    )
    found = [column for column in columns if column in first]
    texts = (first[0].split(separator) for separator in SEPARATORS)
    names = any(set(map(str.strip, text)) >= set(columns) for text in texts)
    alone = len(first) == 1 and first[0] and not named and not names
    if len(columns) > 1 and (found == [columns[0]] or alone):
        raise no_target(error)
    raise error


def _numbered(path, columns, first):
    """Returns the same if columns are given by number."""
    named = [column for column in columns if isinstance(column, str)]
    numbers = [column for column in columns if isinstance(column, int)]
    expected = f"at least {max(numbers) + 1} columns"
    fix = "Columns are counted from 0"
    if named:
        expected += f" and a header with {', '.join(named)}"
        fix += ". If all are given by number there is no header"
    if max(numbers) >= len(first) or any(first.count(name) != 1 for name in named):
        error = _unusable(path, first, expected, fix)
        raise no_target(error) if len(first) == 1 and first[0] else error
    if not named:
        return list(range(len(first))), False
    return [i if i in numbers else name for i, name in enumerate(first)], True


def _unusable(path: Path, first: list[str], expected: str, fix: str) -> DataError:
    found = listed(first) if any(first) else "an empty line"
    likely = first[0] if len(first) == 1 else ""
    if separator := next((one for one in SEPARATORS if one in likely), None):
        fix += f". If {separator!r} separates columns, give separator={separator!r}"
    return DataError(expected, found, where=path, line=1, fix=fix)
