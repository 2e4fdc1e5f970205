"""Where the rows of a stored split were read from."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow

from seqkit.data.sources.lines import Record

_SCHEMA = pyarrow.schema(
    [("where", pyarrow.int32()), ("line", pyarrow.int64()), ("row", pyarrow.int64())]
)
FILE = "places.arrow"


class Places:
    """The place of each row of a split: `places[row]` is file or split, line and row.

    Args:
        names: Files or splits.
        table: The columns where (a number of a name), line and row, mapped from disk.
        rows: Which rows of the table, an array; `None` for all.

    >>> import pyarrow
    >>> from seqkit.data.sources.places import Places
    >>> columns = {"where": [0, 0], "line": [1, 3], "row": [None, None]}
    >>> Places(["a.tsv"], pyarrow.table(columns))[1]
    {'where': 'a.tsv', 'line': 3, 'row': None}
    """

    def __init__(
        self, names: list[str], table: pyarrow.Table, rows: np.ndarray | None = None
    ):
        self.names, self._table, self._rows = names, table, rows

    def __len__(self) -> int:
        return len(self._table if self._rows is None else self._rows)

    def __getitem__(self, row: int) -> dict[str, Any]:
        row = row if self._rows is None else int(self._rows[row])
        (place,) = self._table.slice(row, 1).to_pylist()
        return {**place, "where": self.names[place["where"]]}

    def kept(self, mask: np.ndarray) -> "Places":
        """The places of the rows at which a mask `[N]` is true."""
        rows = np.flatnonzero(mask).astype(np.uint32)
        return Places(
            self.names, self._table, rows if self._rows is None else self._rows[rows]
        )


def open_places(folder: Path, names: list[str]) -> Places:
    """The places that `written_places` wrote."""
    with pyarrow.memory_map(str(folder / FILE)) as source:
        return Places(names, pyarrow.ipc.open_stream(source).read_all())


@contextlib.contextmanager
def written_places(
    folder: Path, numbers: dict[str, int]
) -> Iterator[Callable[[Iterable[Record]], None]]:
    """Context with a function that writes the places of records.

    `numbers` gets the names of files, each with its number.
    """
    with pyarrow.OSFile(str(folder / FILE), "wb") as file:
        with pyarrow.ipc.new_stream(file, _SCHEMA) as writer:

            def write(records: Iterable[Record]) -> None:
                columns = zip(
                    *(
                        (numbers.setdefault(one.where, len(numbers)), one.line, one.row)
                        for one in records
                    ),
                    strict=True,
                )
                arrays = [
                    pyarrow.array(values, field.type)
                    for values, field in zip(columns, _SCHEMA, strict=True)
                ]
                writer.write_batch(pyarrow.record_batch(arrays, schema=_SCHEMA))

            yield write
