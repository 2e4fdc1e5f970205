"""An array for each image of a list, computed once and mapped into memory."""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np
from filelock import FileLock
from tqdm import tqdm

from seqkit.data.annotations import FilePath
from seqkit.data.captions.image_reading import read_batches
from seqkit.data.captions.images import checked_size
from seqkit.data.captions.row_file import RowFile
from seqkit.data.sources.store import cache_folder, key_of
from seqkit.errors import DataError, SeqkitError

_VERSION = 1  # of what is written here and of how images are read


class ImageArrays:
    """Arrays `[N, …]` of images; of unreadable ones they are 0, with a `DataError`.

    `input_name` is what a model calls them.
    """

    input_name = ""

    def __init__(
        self, array: np.ndarray, errors: Mapping[int, DataError] | None = None
    ):
        self.array, self.errors = array, dict(errors or {})
        self.readable = np.ones(len(array), bool)
        self.readable[list(self.errors)] = False

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, rows: Any) -> np.ndarray:
        """The arrays of some rows, in memory."""
        return np.take(np.asarray(self.array), rows, axis=0)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one image's array."""
        return self.array.shape[1:]

    @property
    def dtype(self) -> np.dtype:
        """Type of the elements."""
        return self.array.dtype

    def summary(self) -> str:
        """How many images could not be read, and the first messages; or `""`."""
        if not self.errors:
            return ""
        lines = [f"{len(self.errors):,} of {len(self):,} images left out, first"]
        return "\n".join(lines + [f"  {one}" for one in list(self.errors.values())[:5]])


def stored_arrays(
    paths: Sequence[FilePath],
    compute: Callable[[np.ndarray], Any],
    *,
    dtype: Any,
    key: str,
    size: tuple[int, int],
    batch_size: int,
    on_error: str,
    cache_dir: FilePath | None,
    progress: bool,
    name: str,
) -> tuple[np.ndarray, dict[int, DataError]]:
    """Computes an array for each image, or maps what was computed before.

    The file grows batch by batch under another name, and an interrupted run continues
    there; it gets its own name when it is complete. A second process that needs the
    same file waits for the first.

    `compute`, identified by `key`, makes an array `[B, …]` of `[B, H, W, 3]` uint8, B
    always being `batch_size`. `name` is that of the arrays in messages. The other
    arguments are those of `RegionFeatures.make`.
    """
    if on_error not in ("raise", "skip"):
        raise DataError('on_error="raise" or "skip"', repr(on_error))
    if batch_size < 1:
        raise SeqkitError(f"batch_size: expected at least 1, found {batch_size}")
    size = checked_size(size)
    names, dtype = [os.fspath(path) for path in paths], np.dtype(dtype)
    if not names:
        raise DataError("at least one image", "none")
    parts = (name, _VERSION, str(key), dtype.str, size, _state(names))
    file = RowFile(cache_folder(cache_dir) / key_of(*parts), dtype)
    file.folder.mkdir(parents=True, exist_ok=True)

    def write() -> None:
        done = file.resume()
        bar = tqdm(
            desc=name,
            total=len(names),
            initial=done,
            unit=" images",
            delay=1,
            disable=not progress,
        )
        batches = read_batches(names, size, batch_size, start=done)
        with bar, closing(batches):
            for first, pictures, errors in batches:
                if errors and on_error == "raise":
                    raise _with_fix(errors[min(errors)])
                rows = _rows(compute, pictures, batch_size, dtype)
                rows[[row - first for row in errors]] = 0
                file.append(rows, errors)
                bar.update(len(rows))
        file.finish()

    if not file.whole.exists():
        with FileLock(file.folder / "lock"):
            if not file.whole.exists():
                write()
    errors = file.errors()
    if errors and on_error == "raise":
        raise _with_fix(errors[min(errors)])
    return file.read(len(names)), errors


def _state(paths: Sequence[str]) -> str:
    """Hash of the paths, sizes and times of change."""
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        try:
            stat = os.stat(path)
            state = f"{os.path.abspath(path)}\0{stat.st_size}\0{stat.st_mtime_ns}\n"
        except OSError:
            state = f"{os.path.abspath(path)}\0missing\n"
        digest.update(state.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _rows(compute, pictures, batch_size, dtype):
    """Returns what is computed from images, as the file holds it."""
    count = len(pictures)
    if count < batch_size:  # only one shape, for compilers
        rest = np.zeros((batch_size - count, *pictures.shape[1:]), np.uint8)
        pictures = np.concatenate([pictures, rest])
    computed = np.asarray(compute(pictures))
    if computed.shape[:1] != (batch_size,):
        found = list(computed.shape)
        raise SeqkitError(f"encode: expected {batch_size} rows, found shape {found}")
    with np.errstate(over="ignore", invalid="ignore"):
        rows = computed[:count].astype(dtype)
    if dtype.kind == "f" and not np.isfinite(rows).all():
        found = computed[:count][~np.isfinite(rows)][0]
        raise SeqkitError(f"encode: expected numbers that fit {dtype}, found {found}")
    return rows


def _with_fix(error: DataError) -> DataError:
    fix = 'Repair or remove the file, or leave such images out with on_error="skip"'
    return DataError(error.expected, error.found, where=error.where, fix=fix)
