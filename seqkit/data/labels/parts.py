"""The splits of texts with labels, not read yet, in whatever stands on disk."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from seqkit.data.sources.class_folders import (
    UNLABELLED,
    class_folder_part,
    class_folder_parts,
)
from seqkit.data.sources.class_names import read_named_parquet
from seqkit.data.sources.files import ANY, Parallel
from seqkit.data.sources.label_lines import FASTTEXT, read_label_lines
from seqkit.data.sources.lines import Record, brief, text_lines
from seqkit.data.sources.parts import find_parts
from seqkit.data.sources.readers import READERS, in_encoding, read_parallel
from seqkit.data.sources.tables import read_tsv
from seqkit.errors import DataError

FORMATS = {**READERS, "label_lines": read_label_lines}


def labelled_parts(dataset, columns, *, name=None, format=None, encoding="utf-8"):
    """Finds the splits of texts with labels.

    Args:
        dataset: What a dataset may be, see `load_labelled`.
        columns: Column of the text, then those of labels, by name or number.
        name: Configuration of a hub dataset.
        format: One of `FORMATS` for files with any ending.
        encoding: Encoding of text files.

    Returns:
        What the dataset is, in words; split name to `Part`; and split name to (number
        of texts, message) for texts without a label, which are in no part.

    Raises:
        DataError: Nothing is there, it holds no split, or a split stands there twice.
    """
    origin = None
    if format is None and len(columns) == 2:
        origin, dataset = _with_class_folders(dataset, columns, encoding)
    given = tuple(map(str, columns))
    try:
        found, parts = find_parts(
            dataset,
            given,
            name=name,
            readers=_readers(columns, format, encoding),
            parallel=Parallel(given, partial(read_parallel, encoding=encoding)),
        )
    except DataError as error:
        if format is not None or not Path(str(error.where)).exists():
            raise
        fix = "Where their endings do not tell what the files are, give format="
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
    return origin or found, parts, left_out


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


def _readers(columns, format, encoding):
    """File ending to reader; with the format of a table one reader for all."""
    readers = in_encoding({**FORMATS, "txt": _read_txt}, encoding)
    readers |= {"parquet": read_named_parquet}
    for ending in ("tsv", "csv", "txt"):  # columns may be numbers there
        readers[ending] = partial(_of_columns, readers[ending], columns)
    lines = readers.pop("label_lines")  # no ending of files
    if format == "label_lines":  # tables may stand beside them
        del readers["txt"]
        return {**readers, ANY: lines}
    return readers if format is None else {ANY: readers[format]}


def _of_columns(read, columns, path, _):
    return read(path, columns)


def _read_txt(path, columns, encoding="utf-8"):
    """Reads TSV, or lines that begin with `__label__`."""
    line = next((line for _, line in text_lines(path, encoding)), "")
    if isinstance(line, str) and len(columns) == 2:
        if line.startswith(FASTTEXT):
            return read_label_lines(path, columns, encoding)
        if line.strip() and "\t" not in line:
            raise DataError(
                "columns with tabs between them",
                brief(line),
                where=path,
                line=1,
                fix="Name another format, such as format='label_lines' for lines of a "
                "label, a space and a text",
            )
    return read_tsv(path, columns, encoding)


def _hidden(parts, label):
    """Split name to number of rows, where all rows of some splits have the label -1."""
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
