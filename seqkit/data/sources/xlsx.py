"""A reader and a writer of Excel workbooks; they require openpyxl (extra `xlsx`).

A workbook is an archive of XML. One that would unpack to far more than it is, or that
declares entities of its own, is refused before it is read.
"""

import datetime
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from seqkit.data.sources.lines import Records, brief
from seqkit.data.sources.tables import named_records
from seqkit.data.sources.writers import Rows, table
from seqkit.errors import DataError, SeqkitError

LARGEST = 1 << 31
"""Most bytes that a workbook may unpack to."""
_SMALL, _MOST_RATIO = 1 << 26, 100
_ROWS, _CELL = 2**20, 32767  # what Excel itself can hold


def openpyxl_module() -> Any:
    """The package openpyxl; an error says how to install it."""
    try:
        import openpyxl
    except ImportError as error:
        raise SeqkitError(
            "xlsx: expected the package openpyxl, found none. Install it with "
            "pip install 'seqkit[xlsx]', or save the sheet as CSV"
        ) from error
    return openpyxl


def read_xlsx(
    path: Path, columns: Sequence[Any], header: bool | None = None
) -> Records:
    """Reads the first sheet of a workbook as text, row by row.

    Formulas are what Excel computed when it saved them. Empty rows at the end are
    passed over.
    """
    return named_records(path, columns, _rows(path), header)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    openpyxl = openpyxl_module()
    _check_archive(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        if not book.worksheets:
            raise DataError("a sheet of cells", "none", where=path)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of them may be wrong
        width, empty = 0, []
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            row = [_text(value) for value in cells]
            while len(row) > width and not row[-1]:
                row.pop()
            if not any(row) and len(empty) < 1000:
                empty.append(number)
            elif any(row):
                yield from ((one, [""] * width) for one in empty)
                empty.clear()
                width = width or len(row)
                yield number, row + [""] * (width - len(row))
        book.close()
    except SeqkitError:
        raise
    except Exception as error:  # the package trusts what it reads
        found = f"{type(error).__name__}: {brief(str(error), 200)}"
        raise DataError("a readable .xlsx file", found, where=path) from error


def _check_archive(path: Path) -> None:
    """Refuses what is no archive, unpacks to too much, or declares entities."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            packed = max(1, sum(part.compress_size for part in parts))
            if size > LARGEST or size > _SMALL and size / packed > _MOST_RATIO:
                raise DataError(
                    "a workbook of a usual size",
                    f"one that unpacks from {packed:,} to {size:,} bytes",
                    where=path,
                    fix="If it is meant to be so, save the sheet as CSV",
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        head = file.read(4096).replace(b"\0", b"").upper()
                    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                        found = f"a document type in {part.filename}"
                        raise DataError("plain XML", found, where=path)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise DataError("a readable .xlsx file", error, where=path) from error


def _text(value: Any) -> str:
    """A cell as Excel shows it, more or less."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.date | datetime.time):
        return (
            value.isoformat(" ")
            if isinstance(value, datetime.datetime)
            else (value.isoformat())
        )
    return str(value)


def write_xlsx(path: Path, rows: Rows) -> None:
    """Writes a workbook of one sheet; what is nested becomes columns, as in a CSV."""
    book = openpyxl_module().Workbook(write_only=True)
    sheet = book.create_sheet("predictions")
    for number, cells in enumerate(table(rows), start=1):
        if number > _ROWS:
            fix = "Name a .csv or .parquet file"
            raise DataError(f"at most {_ROWS:,} rows", "more", where=path, fix=fix)
        sheet.append([_cell(sheet, cell) for cell in cells])
    book.save(path)


def _cell(sheet: Any, value: Any) -> Any:
    """A value that a cell can hold; text that begins with = is no formula."""
    if not isinstance(value, str):
        return value if isinstance(value, int | float | None) else str(value)
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell

    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)[:_CELL])
    cell.data_type = "s"
    return cell
