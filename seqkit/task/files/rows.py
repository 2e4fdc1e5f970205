"""The rows of a file, as inputs of `predict`."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from seqkit.errors import DataError, SeqkitError
from seqkit.task.columns import column_of, wanted
from seqkit.task.reporting import report

if TYPE_CHECKING:
    from seqkit.task.task import Task


class Survey(NamedTuple):
    """What there is to know of a file before anything is predicted.

    Attributes:
        column: The column that is read.
        columns: All columns, in order.
        rows: How many rows there are.
        digest: A hash of the file's bytes.
        notes: What the reader decided by itself.
    """

    column: Any
    columns: list[Any]
    rows: int
    digest: str
    notes: list[str]


class InputFile:
    """A file of any format that `seqkit.data.readers` reads.

    Args:
        task: The task that is to read it.
        path: The file.
        column: The column of the inputs, by name, or by number if there is no header.
        encoding, separator, header: As in `seqkit.data`.
    """

    def __init__(
        self,
        task: "Task",
        path: Path,
        column: str | int | None = None,
        encoding: str = "utf-8",
        separator: str | None = None,
        header: bool | None = None,
    ):
        from seqkit.data.sources.files import split_ending
        from seqkit.data.sources.readers import read_text, readers_for

        self.task, self.path, self.column = task, path, column
        self.fields = task.fields
        if column is None and header is False:
            raise SeqkitError(
                "column: expected the number of the column, counted from 0, of a file "
                "without a header, found none"
            )
        if isinstance(column, str) and column.isdecimal() and header is False:
            self.column = int(column)
        given = task.config.get("text")
        if column is None and header is None and isinstance(given, int):
            self.column = given  # as the files that were learnt from
            report(f"{path}: read without a header, its column {given}")
        readers = readers_for(encoding, {"txt": read_text}, separator, header)
        ending = split_ending(path)[1]
        if not path.is_file():
            found = "a folder" if path.is_dir() else "nothing there"
            raise DataError("a file", found, where=path)
        if ending not in readers:
            endings = ", ".join(f".{one}" for one in readers)
            raise DataError(f"a file ending in {endings}", repr(path.name), where=path)
        self._read, self._plain = readers[ending], ending == "txt"

    def records(self) -> Iterator[Any]:
        """Yields a `seqkit.data.Record` per row, or a `DataError` for a bad one."""
        if self._plain:
            columns = ("text",)
        else:
            columns = (self.column,) if isinstance(self.column, int) else ()
        return self._read(self.path, columns)

    def survey(self) -> Survey:
        """Reads the file once."""
        with open(self.path, "rb") as file:
            digest = hashlib.file_digest(file, "blake2b").hexdigest()[:32]
        rows, columns, notes = 0, {}, {}
        for record in self.records():
            rows += 1
            if not isinstance(record, DataError):
                columns.update(dict.fromkeys(record.values))
                notes.update(dict.fromkeys(record.notes))
        column = self.column
        if column is None:
            column = column_of(columns, self.task.config, self.fields)
        if column not in columns and columns:
            from seqkit.data.sources.lines import listed

            expected = wanted(self.task.config) if column is None else repr(column)
            raise DataError(
                f"a column {expected}",
                listed(columns),
                where=self.path,
                fix="Name the column with --column (column=). If the first line is no "
                "header, give --no-header (header=False) and the column's number",
            )
        return Survey(column, list(columns), rows, digest, list(notes))

    def read_input(self, record: Any, column: Any) -> Any:
        """The input in a record; a `SeqkitError` if it is none."""
        if isinstance(record, DataError):
            raise record
        kinds = {field.kind for field in self.fields.values() if not field.target}
        value = record.values.get(column)
        if column not in record.values:
            raise record.missing(column)
        if kinds & {"image", "audio"}:
            return self._file(value)
        words = kinds & {"words"} and isinstance(value, list | tuple)
        if words and not all(one and isinstance(one, str) for one in value):
            raise record.error("words that are text", repr(value)[:60])
        if not words and kinds & {"text", "words"}:
            from seqkit.data.sources.lines import text_of

            return text_of(record, record.values, column)
        return list(value) if words else value

    def _file(self, value: Any) -> Any:
        """A path, which is relative to the folder of the file, or its bytes."""
        if isinstance(value, Mapping):  # as `datasets` stores images and sounds
            value = value.get("bytes") or value.get("path")
        return str(self.path.parent / value) if isinstance(value, str) else value
