"""Checked rows on disk as Arrow, written once and mapped into memory."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow
from datasets.table import MemoryMappedTable

from seqkit.data.annotations import FilePath
from seqkit.data.sources.files import Part
from seqkit.data.sources.lines import NoTarget, Record, brief
from seqkit.data.sources.places import open_places, written_places
from seqkit.data.sources.splits import Splits, in_order
from seqkit.data.sources.store import key_of, store
from seqkit.errors import DataError

_VERSION = 3  # of what is written here and of what readers make of a file
_ROWS = 2000  # rows held in memory, and rows per batch of the file
_CHARACTERS = 1 << 24  # fewer rows, if they hold more than this together
_MESSAGES = 5  # messages kept about rows left out

Check = Callable[[Record, Callable[[str], None]], dict[str, Any]]
"""`check(record, note)` returns the row to store, or raises `DataError`.

`note(sentence)` adds to `Splits.notes`, once however often it is called.
"""


def load_splits(
    parts: Mapping[str, Part],
    check: Check,
    features: datasets.Features,
    *,
    origin: str,
    key: Any,
    on_error: str,
    cache_dir: FilePath | None = None,
    left_out: Mapping[str, tuple[int, str]] | None = None,
) -> Splits:
    """Reads, checks and stores every split, train first.

    `key` identifies `check` with all its settings; `left_out` counts rows in no part.
    """
    if on_error not in ("raise", "skip"):
        raise DataError('on_error="raise" or "skip"', repr(on_error))
    splits = Splits({}, origin)
    for name, (count, message) in (left_out or {}).items():
        splits.skipped[name], splits.messages[name] = count, [message]
    noted: dict[str, list[str]] = {}  # sentence to splits
    first = None
    for name, part in in_order(parts).items():
        content = part.key()
        if content is not None:
            content = key_of(_VERSION, key, on_error, part.where, content)
        write = partial(_write, part, check, features.arrow_schema, on_error)
        try:
            folder = store(cache_dir, content, write)
        except _NoTargets as none:
            first = _with_fix(none.first)
            if name == "train":
                raise first from none.first.__cause__
            splits.skipped[name] = none.count
            splits.messages[name] = [f"all rows, since none has a target: {none.first}"]
            continue
        stored = json.loads((folder / "told.json").read_text("utf-8"))
        splits.splits[name] = _open(folder, features)
        splits.places[name] = open_places(folder, stored["places"])
        if stored["skipped"]:
            splits.skipped[name] = splits.skipped.get(name, 0) + stored["skipped"]
            errors = [DataError(**error) for error in stored["errors"]]
            splits.errors[name] = errors
            splits.messages.setdefault(name, []).extend(map(str, errors))
        for sentence in (*part.notes, *stored["notes"]):
            noted.setdefault(sentence, []).append(name)
    if first and not splits.splits:
        raise first from first.__cause__
    for sentence, names in noted.items():
        splits.notes.append(f"{', '.join(names)}: {sentence}")
    return splits


class _NoTargets(Exception):
    """No row of a split has a target."""

    def __init__(self, first: DataError, count: int):
        self.first, self.count = first, count


def split_rows(
    dataset: datasets.Dataset, mask: np.ndarray, cache_dir: FilePath | None = None
) -> tuple[datasets.Dataset, datasets.Dataset]:
    """Stores the rows at which a mask `[N]` is `False`, and those where it is `True`.

    Copies instead of selecting: rows selected by a list of indices are read several
    times more slowly, and the list is kept in memory.
    """
    rest, chosen = (_stored_rows(dataset, keep, cache_dir) for keep in (~mask, mask))
    return rest, chosen


def _stored_rows(dataset, keep, cache_dir):
    digest = hashlib.blake2b(keep.tobytes()).hexdigest()
    key = key_of(_VERSION, dataset._fingerprint, digest)
    folder = store(cache_dir, key, partial(_write_kept, dataset, keep))
    return _open(folder, dataset.features)


def _open(folder: Path, features: datasets.Features) -> datasets.Dataset:
    table = MemoryMappedTable.from_file(str(folder / "rows.arrow"))
    info = datasets.DatasetInfo(features=features)
    return datasets.Dataset(table, info, fingerprint=folder.name)


def _write(part, check, schema, on_error, folder):
    """Writes the good rows, and what there is to tell about them and about bad ones."""
    bad, good = 0, 0
    missing, first = 0, None  # rows without a target before any other, and their error
    errors: list[DataError] = []
    notes: dict[str, None] = {}
    names: dict[str, int] = {}

    def rows() -> Iterator[tuple[Record, dict[str, Any]]]:
        nonlocal bad, missing, first
        for record in part.read():
            try:
                if isinstance(record, DataError):
                    raise record
                if not isinstance(record, Record):
                    raise TypeError(
                        f"{part.where}: expected a reader that yields seqkit.data."
                        f"Record or DataError, found {brief(record)}"
                    )
                for sentence in record.notes:
                    notes[sentence] = None
                yield record, check(record, notes.setdefault)
            except DataError as error:
                alone = isinstance(error, NoTarget) and missing == bad
                missing += alone
                first = first or error
                if on_error == "raise" and not alone:
                    raise _with_fix(first) from first.__cause__
                bad += 1
                if bad <= _MESSAGES:
                    errors.append(error)

    with _writer(folder, schema) as writer, written_places(folder, names) as place:
        for chunk in _chunks(rows()):
            good += len(chunk)
            if first and on_error == "raise":
                raise _with_fix(first) from first.__cause__
            records, values = zip(*chunk, strict=True)
            writer.write_batch(pyarrow.RecordBatch.from_pylist(values, schema))
            place(records)
    if first and missing == bad and not good:
        raise _NoTargets(first, bad)
    if not good:
        found = f"none, {bad:,} bad ones, the first: {errors[0]}" if bad else "none"
        raise DataError("at least one good row", found, where=part.where)
    told = {
        "skipped": bad,
        "errors": [_as_dict(error) for error in errors],
        "notes": list(notes),
        "places": list(names),
    }
    (folder / "told.json").write_text(json.dumps(told), "utf-8")


def _as_dict(error: DataError) -> dict[str, Any]:
    """The arguments of an error, for JSON."""
    names = ("expected", "found", "where", "fix")
    texts = {name: getattr(error, name) for name in names}
    texts = {name: None if one is None else str(one) for name, one in texts.items()}
    return texts | {"line": error.line, "row": error.row}


def _chunks(
    rows: Iterator[tuple[Record, dict[str, Any]]],
) -> Iterator[list[tuple[Record, dict[str, Any]]]]:
    """Gathers rows in lists, small enough for memory."""
    chunk, characters = [], 0
    for record, row in rows:
        chunk.append((record, row))
        characters += sum(len(v) for v in row.values() if isinstance(v, str))
        if len(chunk) == _ROWS or characters >= _CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


def _with_fix(error: DataError) -> DataError:
    """Returns the error of a bad row, with what can be done about it."""
    fix = error.fix or 'Fix the row, or leave such rows out with on_error="skip"'
    place = {"where": error.where, "line": error.line, "row": error.row}
    return DataError(error.expected, error.found, **place, fix=fix)


def _write_kept(dataset: datasets.Dataset, keep: np.ndarray, folder: Path) -> None:
    start = 0
    table: Any
    with _writer(folder, dataset.features.arrow_schema) as writer:
        for table in dataset.with_format("arrow").iter(batch_size=_ROWS):
            stop = start + len(table)
            writer.write_table(table.filter(pyarrow.array(keep[start:stop])))
            start = stop


@contextlib.contextmanager
def _writer(folder: Path, schema: pyarrow.Schema):
    with pyarrow.OSFile(str(folder / "rows.arrow"), "wb") as file:
        with pyarrow.ipc.new_stream(file, schema) as writer:
            yield writer
