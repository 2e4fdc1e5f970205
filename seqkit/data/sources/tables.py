"""Readers of TSV and CSV files, with or without a header.

A column is wanted by its name, or by its number, counted from 0. Where all are wanted
by number there is no header, and every line is a row.
"""

import csv

from seqkit.data.sources.lines import Record, brief, text_lines, whole_lines
from seqkit.errors import DataError


def read_tsv(path, columns, encoding="utf-8"):
    """Reads tab-separated fields; quotes are ordinary characters."""
    return _records(path, columns, _tsv_fields(path, encoding))


def read_csv(path, columns, encoding="utf-8"):
    """Reads comma-separated fields, which may be quoted and then hold line ends."""
    return _records(path, columns, _csv_fields(path, encoding))


def _tsv_fields(path, encoding):
    for number, text in text_lines(path, encoding):
        yield number, text if isinstance(text, DataError) else text.split("\t")


def _csv_fields(path, encoding):
    broken = []

    def texts():
        for _, text, error in whole_lines(path, encoding):
            if error:
                broken.append(error)
            yield text  # of a broken line too: it keeps quotes paired

    rows = csv.reader(texts(), strict=True)
    while True:
        start = rows.line_num + 1
        try:
            fields = next(rows)
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


def _records(path, columns, lines):
    """Names the fields of each line by the header, or by `columns` without one."""
    names = None
    for number, fields in lines:
        if names is None:
            if isinstance(fields, DataError):  # it may have been the header
                raise fields
            names, is_header = _column_names(path, columns, fields)
            if is_header:
                continue
        if isinstance(fields, DataError):
            yield fields
        elif len(fields) != len(names):
            found = brief(fields) if any(fields) else "an empty line"
            yield DataError(f"{len(names)} fields", found, where=path, line=number)
        else:
            values = dict(zip(names, fields, strict=True))
            yield Record(str(path), number, None, values)


def _column_names(path, columns, first):
    """Returns the column names and whether `first`, the first line, gave them."""
    if any(isinstance(column, int) for column in columns):
        return _numbered(path, columns, first)
    if all(first.count(column) == 1 for column in columns):
        return first, True
    wanted = {column.casefold() for column in columns}
    looks_like_header = any(field.casefold() in wanted for field in first)
    if len(first) == len(columns) and not looks_like_header:
        return columns, False
    raise DataError(
        f"a header with the columns {', '.join(columns)}, "
        f"or no header and exactly {len(columns)} columns",
        ", ".join(brief(field, 30) for field in first) or "an empty line",
        where=path,
        line=1,
        fix="Name the columns as the header does",
    )


def _numbered(path, columns, first):
    """Returns the same where columns are wanted by number."""
    named = [column for column in columns if isinstance(column, str)]
    numbers = [column for column in columns if isinstance(column, int)]
    expected = f"at least {max(numbers) + 1} columns"
    fix = "Columns are counted from 0"
    if named:
        expected += f" and a header with {', '.join(named)}"
        fix += ". Where all are given by number there is no header"
    if max(numbers) >= len(first) or any(first.count(name) != 1 for name in named):
        found = ", ".join(brief(field, 30) for field in first) or "an empty line"
        raise DataError(expected, found, where=path, line=1, fix=fix)
    if not named:
        return list(range(len(first))), False
    return [i if i in numbers else name for i, name in enumerate(first)], True
