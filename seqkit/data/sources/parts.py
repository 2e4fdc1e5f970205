"""The splits of anything that a dataset may be, not read yet."""

import os
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pandas

from seqkit.data.sources.class_names import class_names, name_classes
from seqkit.data.sources.files import Layout, Part, file_part, file_split
from seqkit.data.sources.folders import folder_parts, tree_part
from seqkit.data.sources.lines import Record, Records, brief, listed
from seqkit.data.sources.splits import split_name
from seqkit.data.sources.store import quiet
from seqkit.errors import DataError

_HUB_ID = re.compile(r"\w[\w.-]*/[\w.-]+")


def find_parts(
    dataset: Any, layout: Layout, name: str | None = None
) -> tuple[str, dict[str, Part]]:
    """Finds the splits of a dataset, see `seqkit.data`."""
    origin, found = _open(dataset, name, layout)
    if name is not None and not origin.startswith("hub"):
        raise DataError("a hub id where name= is given", origin, where=f"name={name!r}")
    if not isinstance(found, Mapping):  # "test[:100]" is test
        split = str(getattr(found, "split", None)).partition("[")[0]
        found = {split_name(split) or "train": found}
    parts = {}
    for given, value in found.items():
        split = split_name(str(given)) or str(given)
        if split in parts:
            raise DataError(f"one split {split}", listed(found, str), where=origin)
        parts[split] = _part(value, f"{origin}, split {given}", layout)
    if not parts:
        raise DataError("at least one split", "none", where=origin)
    return origin, parts


def _open(dataset: Any, name: str | None, layout: Layout) -> tuple[str, Any]:
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
        return f"folder {path}", folder_parts(path, layout)
    if part := file_part(path, layout):
        return f"file {path}", {file_split(path, layout) or "train": part}
    if isinstance(dataset, str) and _HUB_ID.fullmatch(dataset):
        if layout.reader_of(path) is None:
            return f"hub dataset {dataset}", _from_hub(dataset, name)
    expected = "a file or a folder"
    if not layout.reads_any:
        files = " and ".join(f"{path.name}.{name}" for name in layout.names)
        expected = f"a file, a folder, parallel files {files}, or a hub id of the form "
        expected += '"owner/name" (its configuration goes into name=)'
    raise DataError(expected, "nothing of that name", where=repr(str(dataset)))


def _from_hub(dataset: str, name: str | None) -> Any:
    try:
        with quiet():
            return datasets.load_dataset(dataset, name)
    except Exception as error:  # network, permission, unknown id or configuration …
        reason = brief(str(error), 500)
        raise DataError(
            "a local file or folder, or a dataset that can be loaded from the hub",
            f"neither ({type(error).__name__}: {reason})",
            where=f"{dataset!r}" + (f" with configuration {name!r}" if name else ""),
            fix="A configuration goes into name=. Without a network, give a folder "
            "with files like train.tsv, or set HF_HUB_OFFLINE=1 to use what is cached",
        ) from error


def _part(value: Any, where: str, layout: Layout) -> Part:
    """Returns the `Part` for one split given as data, file, folder or `Part`."""
    if isinstance(value, Part):
        return value
    if isinstance(value, datasets.Dataset | datasets.IterableDataset):
        read = partial(_read_dataset, value, where, layout.columns)
        is_known = isinstance(value, datasets.Dataset)
        return Part(where, read, fingerprint=value._fingerprint if is_known else None)
    if isinstance(value, pandas.DataFrame):
        value = _frame_rows(value)
    if isinstance(value, list | tuple):
        return Part(where, partial(_read_rows, value, where, layout.columns))
    found = f"{type(value).__name__} {brief(value)}"
    if isinstance(value, str | os.PathLike):
        path = Path(value).expanduser()
        part = file_part(path, layout)
        if part is None and path.is_dir():
            part = tree_part(path, layout.of_tree())
        if part:
            return part
        found = f"no such file: {str(value)!r}"
    raise DataError(
        "a file, a datasets.Dataset or IterableDataset, a DataFrame, or a list of rows",
        found,
        where=where,
    )


def _read_dataset(dataset: Any, where: str, columns: Sequence[Any]) -> Records:
    """Reads the given columns, or all if one is missing; classes come as names."""
    dataset = dataset.with_format(None)
    if columns and set(columns) <= set(dataset.column_names or ()):
        dataset = dataset.select_columns(list(columns))
    classes = class_names(dataset.features)
    row = 0
    for batch in dataset.iter(batch_size=1000):
        for values in zip(*batch.values(), strict=True):
            values = dict(zip(batch, values, strict=True))
            yield Record(where, None, row, name_classes(values, classes))
            row += 1


def _frame_rows(frame: pandas.DataFrame) -> list[dict[Any, Any]]:
    """The rows of a DataFrame; missing values are `None`, lists are lists again."""

    def plain(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value.tolist() if value.ndim == 1 else value
        return (
            None if pandas.api.types.is_scalar(value) and pandas.isna(value) else value
        )

    rows = frame.to_dict("records")
    return [{name: plain(value) for name, value in row.items()} for row in rows]


def _read_rows(rows: Sequence[Any], where: str, columns: Sequence[Any]) -> Records:
    """Reads dictionaries, tuples in the order of `columns`, or strings for one."""
    expected = f"a dictionary or a tuple ({', '.join(map(str, columns))})"
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
