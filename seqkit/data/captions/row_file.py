"""Arrays of one shape in a file that grows, and that a later run can go on with."""

import json
import os

import numpy as np

from seqkit.errors import DataError, SeqkitError


class RowFile:
    """Rows of one shape in a folder, with the errors of those that are none.

    The file is called `rows.partial` until `finish`, then `rows.bin`.

    Args:
        folder: The folder, for this alone.
        dtype: Type of the elements.

    Attributes:
        whole: Path of the complete file.
    """

    def __init__(self, folder, dtype):
        self.folder, self.dtype = folder, dtype
        self.whole, self._part = folder / "rows.bin", folder / "rows.partial"

    def shape(self):
        """Shape of a row."""
        return tuple(json.loads((self.folder / "shape.json").read_text("utf-8")))

    def resume(self):
        """Drops what is left of an unfinished row; returns the number of rows."""
        if not self._part.exists():
            return 0
        size = self.dtype.itemsize * int(np.prod(self.shape()))
        done = self._part.stat().st_size // size
        os.truncate(self._part, done * size)
        self._tell({row: e for row, e in self.errors().items() if row < done})
        return done

    def append(self, rows, errors):
        """Adds rows `[B, …]`, and a dictionary from row number to `DataError`."""
        if not self._part.exists():
            shape = json.dumps(rows.shape[1:])
            (self.folder / "shape.json").write_text(shape, "utf-8")
            self._tell({})
        if rows.shape[1:] != self.shape():
            shapes = f"{list(self.shape())} as before, found {list(rows.shape[1:])}"
            raise SeqkitError(f"encode: expected rows of the shape {shapes}")
        if errors:  # before the rows, which would be taken for good ones without them
            self._tell(self.errors() | errors)
        with open(self._part, "ab") as file:
            rows.tofile(file)

    def finish(self):
        """Gives the file its name."""
        os.replace(self._part, self.whole)

    def read(self, count):
        """The complete file, mapped: `[count, …]`."""
        return np.memmap(self.whole, self.dtype, "r", shape=(count, *self.shape()))

    def errors(self):
        """Row number to `DataError`."""
        told = json.loads((self.folder / "errors.json").read_text("utf-8"))
        return {
            int(row): DataError(expected, found, where=where)
            for row, (expected, found, where) in told.items()
        }

    def _tell(self, errors):
        told = {
            int(row): (str(error.expected), str(error.found), str(error.where))
            for row, error in errors.items()
        }
        beside = self.folder / "errors.new"
        beside.write_text(json.dumps(told), "utf-8")
        os.replace(beside, self.folder / "errors.json")
