"""The past of a series, as users give it to `predict`."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from seqkit.data.series.columns import SeriesColumns
from seqkit.data.series.table import SeriesTable, series_tables
from seqkit.data.sources.files import split_ending
from seqkit.data.sources.lines import Record, brief
from seqkit.data.sources.readers import readers_for
from seqkit.errors import DataError

_EXPECTED = (
    "the past of a series: an array [T, V], a table, a list of rows, or a file of a "
    "table"
)


def read_past(given: Any, columns: SeriesColumns, encoding: str = "utf-8") -> Any:
    """One input of `predict` as a `SeriesTable`, in the units of the data.

    Args:
        given: An array `[T, V]`, or `[T, V + C]` with covariates; a DataFrame, or a
            list of dictionaries, with the columns of the data; the path of a file; or
            the JSON of one of these.
        columns: The columns of the task.
        encoding: Of text files.
    """
    if isinstance(given, SeriesTable):
        return given
    if isinstance(given, str | Path):
        given = _from_text(str(given), columns, encoding)
    if hasattr(given, "to_dict") and hasattr(given, "columns"):
        given = given.to_dict("records")
    if isinstance(given, list) and given and isinstance(given[0], Mapping | Record):
        return _of_rows(given, columns)
    return _of_array(given, columns)


def _from_text(text: str, columns: SeriesColumns, encoding: str) -> Any:
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except ValueError as error:
            raise DataError(_EXPECTED, f"broken JSON ({error})") from error
    return _of_file(Path(text), encoding)


def _of_file(
    path: Path,
    encoding: str,
    separator: str | None = None,
    header: bool | None = None,
) -> list[Record]:
    ending = split_ending(path)[1]
    readers = readers_for(encoding, None, separator, header)
    if ending not in readers or not path.is_file():
        found = f"no such file: {brief(str(path))}"
        if path.is_file():
            found = f"a file ending in .{ending}"
        raise DataError(_EXPECTED, found)
    rows = []
    for record in readers[ending](path, ()):
        if isinstance(record, DataError):
            raise record
        rows.append(record)
    if not rows:
        raise DataError("at least one row", "none", where=path)
    return rows


def read_pasts(
    path: str | os.PathLike[str],
    columns: SeriesColumns,
    encoding: str = "utf-8",
    separator: str | None = None,
    header: bool | None = None,
) -> list[SeriesTable]:
    """The series of the table in a file, each an input of `predict`."""
    return _tables(_of_file(Path(path), encoding, separator, header), columns)


def _of_rows(rows: list, columns: SeriesColumns) -> SeriesTable:
    tables = _tables(rows, columns)
    if len(tables) > 1:
        names = ", ".join(table.name for table in tables[:5])
        raise DataError("the rows of one series", f"those of {names}", where="inputs")
    return tables[0]


def _tables(rows: list, columns: SeriesColumns) -> list[SeriesTable]:
    read = []
    for number, row in enumerate(rows):
        if not isinstance(row, Record):
            row = Record("inputs", None, number, dict(row))
        read.append(columns.read(row))
    named = {name: [row[name] for row in read] for name in read[0]}
    return series_tables(named, "inputs")


def _of_array(given: Any, columns: SeriesColumns) -> SeriesTable:
    width = len(columns.targets) + len(columns.covariates)
    try:
        values = np.array(given, np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(_EXPECTED, brief(given)) from error
    if values.ndim == 0:
        raise DataError(_EXPECTED, brief(given))
    if values.ndim == 1 and width == 1:
        values = values[:, None]
    if values.ndim != 2 or values.shape[1] != width or columns.known:
        expected = f"an array [T, {width}]"
        if columns.known:
            expected = f"a table with the columns {', '.join(columns.known)} too"
        raise DataError(expected, f"one of the shape {list(values.shape)}")
    if np.isinf(values).any():
        raise DataError("finite numbers, or NaN where one is missing", "infinity")
    targets, covariates = np.split(values, [len(columns.targets)], axis=1)
    known = np.zeros((len(values), 0))
    return SeriesTable("", [""] * len(values), targets, covariates, known)
