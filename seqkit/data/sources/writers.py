"""Writers of files by their ending, open to formats of other packages."""

import contextlib
import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from seqkit.errors import DataError

Row = Mapping[str, Any]
Rows = Callable[[], Iterator[Row]]
"""Yields a dictionary for each row; may be called again."""
_GROUP = 10_000  # rows of a row group


def write_jsonl(path: Path, rows: Rows) -> None:
    """Writes an object per line."""
    with _opened(path) as file:
        for row in rows():
            file.write(json.dumps(row, ensure_ascii=False, default=plain) + "\n")


def write_csv(path: Path, rows: Rows) -> None:
    """Writes comma-separated fields; what is nested becomes columns, see `table`."""
    with _opened(path) as file:
        csv.writer(file, lineterminator="\n").writerows(table(rows))


def write_tsv(path: Path, rows: Rows) -> None:
    """Writes tab-separated fields without quotes; a tab or line end becomes a space."""
    signs = str.maketrans("\t\n\r", "   ")
    with _opened(path) as file:
        for cells in table(rows):
            texts = ["" if one is None else str(one) for one in cells]
            file.write("\t".join(text.translate(signs) for text in texts) + "\n")


def write_parquet(path: Path, rows: Rows) -> None:
    """Writes a parquet file, with what is nested as it is."""
    schema = pyarrow.schema([])
    try:
        for some in _some(rows):
            both = [schema, _schema_of(some)]
            schema = pyarrow.unify_schemas(both, promote_options="permissive")
        with pyarrow.parquet.ParquetWriter(path, schema) as writer:
            for some in _some(rows):
                writer.write_table(pyarrow.Table.from_pylist(some, schema))
    except pyarrow.ArrowException as error:
        fix = "Name a .jsonl file, whose rows may differ"
        raise DataError(
            "one type of values in each column", error, where=path, fix=fix
        ) from error


def _some(rows: Rows) -> Iterator[list[Row]]:
    found = rows()
    while some := list(islice(found, _GROUP)):
        yield some


def _schema_of(rows: list[Row]) -> pyarrow.Schema:
    """Of all columns of some rows; `from_pylist` looks at the first row alone."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: pyarrow.array([row.get(name) for row in rows]) for name in names}
    return pyarrow.schema({name: one.type for name, one in columns.items()})


def table(rows: Rows) -> Iterator[list[Any]]:
    """Yields the names of columns and then the cells of each row.

    A dictionary becomes columns NAME.KEY, a list JSON text, true and false text too.
    """
    names = dict.fromkeys(name for row in rows() for name in _flat(row))
    yield [str(name) for name in names]
    for row in rows():
        cells = _flat(row)
        yield [cells.get(name) for name in names]


def _flat(row: Row) -> dict[Any, Any]:
    found = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            found |= _flat({f"{name}.{key}": one for key, one in value.items()})
        elif isinstance(value, bool | list | tuple):
            found[name] = json.dumps(value, ensure_ascii=False, default=plain)
        else:
            found[name] = value
    return found


def plain(value: Any) -> Any:
    """NumPy's scalars and arrays, dates and bytes, which JSON has no form for."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if path.suffix != ".gz":
        with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
            yield file
        return
    with gzip.open(path, "wb") as packed:
        with io.TextIOWrapper(packed, "utf-8", errors="replace", newline="") as file:
            yield file
