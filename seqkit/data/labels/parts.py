"""The splits of texts with labels, not read yet."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from seqkit.data.sources.class_folders import (
    UNLABELLED,
    class_file_parts,
    class_folder_part,
    class_folder_parts,
)
from seqkit.data.sources.files import ANY, Layout, Parallel, Part
from seqkit.data.sources.label_lines import FASTTEXT, read_label_lines
from seqkit.data.sources.lines import Record, Records, brief, text_lines
from seqkit.data.sources.loader import Loader
from seqkit.data.sources.readers import Reader, read_parallel, readers, readers_for
from seqkit.data.sources.tables import read_tsv
from seqkit.errors import DataError


def formats() -> dict[str, Reader]:
    """Returns name to reader for all formats."""
    return {**readers, "label_lines": read_label_lines}


def labelled_parts(
    loader: Loader,
    columns: Sequence[Any],
    format: str | None,
    separator: str | None = None,
    header: bool | None = None,
) -> tuple[tuple[str, dict[str, Part]], dict[str, tuple[int, str]]]:
    """Finds the splits of texts with labels, and texts without, which are in no part.

    The latter are split name to (number of texts, message).
    """
    encoding, origin = loader.encoding, None
    if format is None and len(columns) == 2:
        origin, dataset = _with_class_folders(loader.dataset, columns, encoding)
        loader = replace(loader, dataset=dataset)
    read = partial(read_parallel, encoding=encoding)
    parallel = Parallel(tuple(map(str, columns)), read)
    found = _readers(columns, format, encoding, separator, header)
    layout = Layout(columns, found, parallel=parallel)
    try:
        found, parts = loader.find(layout)
    except DataError as error:
        if format is not None or not Path(str(error.where)).exists():
            raise
        if files := _class_files(loader.dataset, columns, encoding):
            return (f"folder {loader.dataset}", dict(files)), {}
        fix = "If their endings do not say what the files are, give format="
        fix = f"{error.fix}. {fix}" if error.fix else fix
        raise DataError(
            error.expected, error.found, where=error.where, fix=fix
        ) from error
    hidden = _hidden(parts, columns[1]) if len(columns) == 2 else {}
    left_out = {
        split: (count, f"{parts[split].where}: {count:,} texts with the label -1")
        for split, count in hidden.items()
    }
    for split, part in parts.items():
        if count := getattr(part, "unlabelled", 0):
            place = Path(part.where, UNLABELLED)
            left_out[split] = count, f"{place}: {count:,} texts without a label"
    parts = {split: part for split, part in parts.items() if split not in hidden}
    return (origin or found, parts), left_out


def _with_class_folders(dataset, columns, encoding):
    """Replaces class folders by their parts; returns also what they are, in words."""
    if isinstance(dataset, str | os.PathLike):
        folder = Path(dataset).expanduser()
        parts = folder.is_dir() and class_folder_parts(folder, columns, encoding)
        return (f"folder {folder}", parts) if parts else (None, dataset)
    if not isinstance(dataset, Mapping):
        return None, dataset
    found = {}
    for split, value in dataset.items():
        path = isinstance(value, str | os.PathLike) and Path(value).expanduser()
        part = path and path.is_dir() and class_folder_part(path, columns, encoding)
        if part:
            found[split] = part
    return None, {**dataset, **found} if found else dataset


def _class_files(dataset, columns, encoding):
    is_folder = isinstance(dataset, str | os.PathLike) and len(columns) == 2
    folder = Path(dataset).expanduser() if is_folder else None
    found = folder and folder.is_dir() and class_file_parts(folder, columns, encoding)
    return found or {}


def _readers(columns, format, encoding, separator, header):
    """File ending to reader; if the format is that of a table, one reader for all."""
    further = {"txt": read_tsv_or_fasttext, "label_lines": read_label_lines}
    found = readers_for(encoding, further, separator, header)
    lines = found.pop("label_lines")  # no ending of files
    if format == "label_lines":  # tables may be beside them
        del found["txt"]
        return {**found, ANY: lines}
    return found if format is None else {ANY: found[format]}


def read_tsv_or_fasttext(
    path: Path,
    columns: Sequence[Any],
    encoding: str = "utf-8",
    separator: str = "\t",
    header: bool | None = None,
) -> Records:
    """Reads TSV, or lines that begin with `__label__`."""
    line = next((line for _, line in text_lines(path, encoding)), "")
    if isinstance(line, str) and len(columns) == 2:
        if line.startswith(FASTTEXT):
            return read_label_lines(path, columns, encoding)
        if line.strip() and separator not in line:
            raise DataError(
                f"columns separated by {separator!r}",
                brief(line),
                where=path,
                line=1,
                fix="Name another format, such as format='label_lines' for lines of a "
                "label, a space and a text",
            )
    return read_tsv(path, columns, encoding, separator, header)


def _hidden(parts: Mapping[str, Part], label: Any) -> dict[str, int]:
    """Split name to number of rows, if all rows of some splits have the label -1."""
    hidden = {}
    for split, part in parts.items():
        count = 0
        for record in part.read():
            value = record.values.get(label) if isinstance(record, Record) else None
            if type(value) is not int or value != -1:
                break
            count += 1
        else:
            if count:
                hidden[split] = count
    return hidden if len(hidden) < len(parts) else {}
