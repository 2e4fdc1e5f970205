"""Checked rows on disk as Arrow, written once and mapped into memory."""

import contextlib
import hashlib
import json
from functools import partial

import datasets
import pyarrow
from datasets.table import MemoryMappedTable

from seqkit.data.sources.splits import Splits
from seqkit.data.sources.store import key_of, store
from seqkit.errors import DataError

_VERSION = 1  # of what is written here and of what readers make of a file
_ROWS = 2000  # rows held in memory, and rows in a batch of the file
_CHARACTERS = 1 << 24  # fewer rows, where they hold more than this together
_MESSAGES = 5  # messages kept of rows left out


def load_splits(parts, check, features, *, origin, recipe, on_error, cache_dir=None):
    """Reads, checks and stores every split.

    Args:
        parts: Split name to `Part`.
        check: `check(record)` returns the row to store, with the keys of `features`,
            or raises `DataError`.
        features: The stored columns, a `datasets.Features`.
        origin: What the dataset is, in words.
        recipe: Names `check` with all its settings; what was stored under another
            recipe is not used.
        on_error: "raise" stops at the first bad row, "skip" counts and leaves out.
        cache_dir: Folder to store in, by default inside that of `datasets`.

    Returns:
        `Splits` of memory-mapped datasets, train first.

    Raises:
        DataError: A bad row, an unusable file, or a split without a good row.
    """
    if on_error not in ("raise", "skip"):
        raise DataError('on_error="raise" or "skip"', repr(on_error))
    splits = Splits({}, origin)
    first = ("train", "validation")
    for name in sorted(parts, key=lambda name: (name not in first, name)):
        part = parts[name]
        content = part.key()
        key = None
        if content is not None:
            key = key_of(_VERSION, recipe, on_error, part.where, content)
        write = partial(_write, part, check, features.arrow_schema, on_error)
        folder = store(cache_dir, key, write)
        skipped, messages = json.loads((folder / "skipped.json").read_text("utf-8"))
        splits.splits[name] = _open(folder, features)
        if skipped:
            splits.skipped[name], splits.messages[name] = skipped, messages
    return splits


def split_rows(dataset, mask, cache_dir=None):
    """Stores the rows where a mask is `False`, and those where it is `True`.

    Copies instead of selecting: rows behind a list of indices are read several times
    more slowly, and the list lies in memory.

    Args:
        dataset: A `datasets.Dataset` of N rows.
        mask: NumPy booleans (N,).
        cache_dir: As in `load_splits`.

    Returns:
        Two memory-mapped datasets.
    """
    parts = []
    for keep in (~mask, mask):
        key = key_of(_VERSION, dataset._fingerprint, hashlib.blake2b(keep).hexdigest())
        folder = store(cache_dir, key, partial(_write_kept, dataset, keep))
        parts.append(_open(folder, dataset.features))
    return tuple(parts)


def _open(folder, features):
    table = MemoryMappedTable.from_file(str(folder / "rows.arrow"))
    info = datasets.DatasetInfo(features=features)
    return datasets.Dataset(table, info, fingerprint=folder.name)


def _write(part, check, schema, on_error, folder):
    """Writes the good rows, the number of bad ones and the first messages of those."""
    bad, messages, good = 0, [], 0

    def rows():
        nonlocal bad
        for record in part.read():
            try:
                if isinstance(record, DataError):
                    raise record
                yield check(record)
            except DataError as error:
                if on_error == "raise":
                    raise _with_fix(error) from error.__cause__
                bad += 1
                if bad <= _MESSAGES:
                    messages.append(str(error))

    with _writer(folder, schema) as writer:
        for chunk in _chunks(rows()):
            good += len(chunk)
            writer.write_batch(pyarrow.RecordBatch.from_pylist(chunk, schema))
    if not good:
        found = f"none, {bad:,} bad ones, the first: {messages[0]}" if bad else "none"
        raise DataError("at least one good row", found, where=part.where)
    (folder / "skipped.json").write_text(json.dumps([bad, messages]), "utf-8")


def _chunks(rows):
    """Gathers rows in lists, small enough for memory."""
    chunk, characters = [], 0
    for row in rows:
        chunk.append(row)
        characters += sum(len(v) for v in row.values() if isinstance(v, str))
        if len(chunk) == _ROWS or characters >= _CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


def _with_fix(error):
    """Returns the error of a bad row, with what can be done about it."""
    fix = error.fix or 'Mend the row, or leave such rows out with on_error="skip"'
    place = {"where": error.where, "line": error.line, "row": error.row}
    return DataError(error.expected, error.found, **place, fix=fix)


def _write_kept(dataset, keep, folder):
    """Writes the rows where `keep` is `True`."""
    start = 0
    with _writer(folder, dataset.features.arrow_schema) as writer:
        for table in dataset.with_format("arrow").iter(batch_size=_ROWS):
            stop = start + len(table)
            writer.write_table(table.filter(pyarrow.array(keep[start:stop])))
            start = stop


@contextlib.contextmanager
def _writer(folder, schema):
    with pyarrow.OSFile(str(folder / "rows.arrow"), "wb") as file:
        with pyarrow.ipc.new_stream(file, schema) as writer:
            yield writer
