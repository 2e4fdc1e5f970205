"""What a dataset may be, and the splits that are found in it.

Nothing is read here but names: `find_parts` tells for every split how to read it.
"""

import contextlib
import os
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import datasets

from seqkit.data.sources.class_names import class_names, name_classes
from seqkit.data.sources.files import (
    ANY,
    Parallel,
    Part,
    file_part,
    file_split,
    reader_of,
)
from seqkit.data.sources.folders import folder_parts, tree_part
from seqkit.data.sources.lines import Record, brief
from seqkit.data.sources.readers import READERS
from seqkit.data.sources.splits import split_name
from seqkit.errors import DataError

_HUB_ID = re.compile(r"\w[\w.-]*/[\w.-]+")


def find_parts(
    dataset, columns, *, name=None, readers=READERS, tree_readers=None, parallel=None
):
    """Finds the splits of a dataset.

    Args:
        dataset: What a dataset may be, see `load_pairs`.
        columns: Wanted column names, in the order that columns without a header
            have.
        name: Configuration of a hub dataset.
        readers: File ending to reader. That of `files.ANY` reads files with any other
            ending, and then the split may stand anywhere in their names.
        tree_readers: The same for the files of a folder that is one split; by default
            `readers`.
        parallel: `Parallel`, what parallel files are called and how they are read;
            they may then also be the files of a folder that is one split. By default
            they end in the columns.

    Returns:
        What the dataset is, in words, and a dictionary from split name to `Part`.

    Raises:
        DataError: Nothing is there, it holds no split, or a split stands there twice.
    """
    tree_readers = tree_readers or readers
    layout = columns, readers, tree_readers, parallel
    origin, found = _open(dataset, name, *layout)
    if name is not None and not origin.startswith("hub"):
        raise DataError("a hub id where name= is given", origin, where=f"name={name!r}")
    if not isinstance(found, Mapping):  # "test[:100]" is test
        split = str(getattr(found, "split", None)).partition("[")[0]
        found = {split_name(split) or "train": found}
    parts = {}
    for given, value in found.items():
        split = split_name(str(given)) or str(given)
        if split in parts:
            names = ", ".join(map(str, found))
            raise DataError(f"one split {split}", names, where=origin)
        where = f"{origin}, split {given}"
        parts[split] = _part(value, where, *layout)
    if not parts:
        raise DataError("at least one split", "none", where=origin)
    return origin, parts


def _open(dataset, name, columns, readers, tree_readers, parallel):
    """Returns what the dataset is, in words, and its splits or its only split."""
    if not isinstance(dataset, str | os.PathLike):
        return f"{type(dataset).__name__}", dataset
    path = Path(dataset).expanduser()
    if path.is_dir() and any(
        (path / file).is_file() for file in ("dataset_dict.json", "state.json")
    ):
        with quiet():
            return f"saved dataset {path}", datasets.load_from_disk(path)
    if path.is_dir():
        found = folder_parts(path, columns, readers, tree_readers, parallel)
        return f"folder {path}", found
    names = (parallel or Parallel(columns)).names
    part = file_part(path, columns, readers, parallel)
    if part:
        return f"file {path}", {file_split(path, readers, names) or "train": part}
    if isinstance(dataset, str) and _HUB_ID.fullmatch(dataset):
        if reader_of(path, readers) is None:
            return f"hub dataset {dataset}", _from_hub(dataset, name)
    if ANY in readers:
        found = "nothing of that name"
        raise DataError("a file or a folder", found, where=repr(str(dataset)))
    raise DataError(
        "a file, a folder, parallel files "
        f"{' and '.join(f'{path.name}.{name}' for name in names)}, "
        'or a hub id of the form "owner/name" (its configuration goes into name=)',
        "nothing of that name",
        where=repr(str(dataset)),
    )


def _from_hub(dataset, name):
    wanted = f"{dataset!r}" + (f" with configuration {name!r}" if name else "")
    try:
        with quiet():
            return datasets.load_dataset(dataset, name)
    except Exception as error:  # network, permission, unknown id or configuration …
        reason = brief(str(error), 500)
        raise DataError(
            "a local file or folder, or a dataset that can be loaded from the hub",
            f"neither ({type(error).__name__}: {reason})",
            where=wanted,
            fix="A configuration goes into name=. Without a network give a folder with "
            "files like train.tsv, or set HF_HUB_OFFLINE=1 to use what is cached",
        ) from error


@contextlib.contextmanager
def quiet():
    """Context in which `datasets` draws no progress bars."""
    shown = not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            datasets.enable_progress_bars()


def _part(value, where, columns, readers, tree_readers, parallel):
    """Returns the `Part` for one split given as data, file, folder or `Part`."""
    if isinstance(value, Part):
        return value
    if isinstance(value, datasets.Dataset):
        read = partial(_read_dataset, value, where, columns)
        return Part(where, read, fingerprint=value._fingerprint)
    if isinstance(value, datasets.IterableDataset):
        return Part(where, partial(_read_dataset, value, where, columns))
    if isinstance(value, list | tuple):
        return Part(where, partial(_read_rows, value, where, columns))
    found = f"{type(value).__name__} {brief(value)}"
    if isinstance(value, str | os.PathLike):
        path = Path(value).expanduser()
        part = file_part(path, columns, readers, parallel)
        if part is None and path.is_dir():
            part = tree_part(path, columns, tree_readers, parallel)
        if part:
            return part
        found = f"no such file: {str(value)!r}"
    raise DataError(
        "a file, a datasets.Dataset or IterableDataset, or a list of rows",
        found,
        where=where,
    )


def _read_dataset(dataset, where, columns):
    """Reads the wanted columns of a dataset, or all where one is missing.

    Classes come as their names.
    """
    dataset = dataset.with_format(None)
    if set(columns) <= set(dataset.column_names or ()):
        dataset = dataset.select_columns(list(columns))
    classes = class_names(dataset.features)
    row = 0
    for batch in dataset.iter(batch_size=1000):
        for values in zip(*batch.values(), strict=True):
            values = dict(zip(batch, values, strict=True))
            yield Record(where, None, row, name_classes(values, classes))
            row += 1


def _read_rows(rows, where, columns):
    """Reads dictionaries, or tuples with the values of `columns` in their order.

    Where there is but one column, a string is its value.
    """
    expected = f"a dictionary or a tuple ({', '.join(columns)})"
    for row, values in enumerate(rows):
        if isinstance(values, Mapping):
            yield Record(where, None, row, dict(values))
        elif isinstance(values, list | tuple) and len(values) == len(columns):
            named = dict(zip(columns, values, strict=True))
            yield Record(where, None, row, named)
        elif isinstance(values, str) and len(columns) == 1:
            yield Record(where, None, row, dict.fromkeys(columns, values))
        else:
            yield DataError(expected, brief(values), where=where, row=row)
