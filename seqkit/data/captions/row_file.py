"""Arrays of one shape in a file that grows, and that a later run can continue."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from seqkit.errors import DataError, SeqkitError


class RowFile:
    """Rows of one shape in a folder of their own, with the errors of missing ones.

    The file is called `rows.partial` until `finish`, then `rows.bin`.
    """

    def __init__(self, folder: Path, dtype: np.dtype):
        self.folder, self.dtype = folder, dtype
        self.whole, self._part = folder / "rows.bin", folder / "rows.partial"

    def shape(self) -> tuple[int, ...]:
        """Shape of a row."""
        return tuple(json.loads((self.folder / "shape.json").read_text("utf-8")))

    def resume(self) -> int:
        """Drops what is left of an unfinished row; returns the number of rows."""
        if not self._part.exists():
            return 0
        size = self.dtype.itemsize * int(np.prod(self.shape()))
        done = self._part.stat().st_size // size
        os.truncate(self._part, done * size)
        self._write({row: e for row, e in self.errors().items() if row < done})
        return done

    def append(self, rows: np.ndarray, errors: Mapping[int, DataError]) -> None:
        """Adds rows `[B, …]`, and the errors by row number."""
        if not self._part.exists():
            shape = json.dumps(rows.shape[1:])
            (self.folder / "shape.json").write_text(shape, "utf-8")
            self._write({})
        if rows.shape[1:] != self.shape():
            shapes = f"{list(self.shape())} as before, found {list(rows.shape[1:])}"
            raise SeqkitError(f"encode: expected rows of the shape {shapes}")
        if errors:  # before the rows, which would otherwise pass for good ones
            self._write({**self.errors(), **errors})
        with open(self._part, "ab") as file:
            rows.tofile(file)

    def finish(self) -> None:
        """Gives the file its name."""
        os.replace(self._part, self.whole)

    def read(self, count: int) -> np.ndarray:
        """The complete file, mapped: `[count, …]`."""
        return np.memmap(self.whole, self.dtype, "r", shape=(count, *self.shape()))

    def errors(self) -> dict[int, DataError]:
        """Row number to `DataError`."""
        stored = json.loads((self.folder / "errors.json").read_text("utf-8"))
        return {
            int(row): DataError(expected, found, where=where)
            for row, (expected, found, where) in stored.items()
        }

    def _write(self, errors: Mapping[int, DataError]) -> None:
        stored = {
            int(row): (str(error.expected), str(error.found), str(error.where))
            for row, error in errors.items()
        }
        beside = self.folder / "errors.new"
        beside.write_text(json.dumps(stored), "utf-8")
        os.replace(beside, self.folder / "errors.json")
