"""What becomes of each picture of a list, computed once and mapped into memory."""

import hashlib
import os
from contextlib import closing

import numpy as np
from filelock import FileLock
from tqdm import tqdm

from seqkit.data.captions.image_reading import read_batches
from seqkit.data.captions.images import checked_size
from seqkit.data.captions.row_file import RowFile
from seqkit.data.sources.store import cache_folder, key_of
from seqkit.errors import DataError, SeqkitError

_VERSION = 1  # of what is written here and of how pictures are read


class ImageArrays:
    """Arrays of one shape, one for each picture; a subclass says of what.

    Args:
        array: `[N, …]`, in memory or mapped.
        errors: Row to `DataError` for the pictures that could not be read, whose
            arrays are 0.

    Attributes:
        input_name: What a model calls such arrays in its inputs.
        readable: Booleans `[N]`.
    """

    input_name = None

    def __init__(self, array, errors=()):
        self.array, self.errors = array, dict(errors)
        self.readable = np.ones(len(array), bool)
        self.readable[list(self.errors)] = False

    def __len__(self):
        return len(self.array)

    def __getitem__(self, rows):
        """The arrays of some rows, in memory."""
        return np.take(np.asarray(self.array), rows, axis=0)

    @property
    def shape(self):
        """Shape of one picture's array."""
        return self.array.shape[1:]

    @property
    def dtype(self):
        """Type of the elements."""
        return self.array.dtype

    def summary(self):
        """How many pictures could not be read, and the first messages; or `""`."""
        if not self.errors:
            return ""
        lines = [f"{len(self.errors):,} of {len(self):,} images left out, first"]
        return "\n".join(lines + [f"  {one}" for one in list(self.errors.values())[:5]])


def stored_arrays(
    paths, compute, *, dtype, key, size, batch_size, on_error, cache_dir, progress, name
):
    """Computes an array for each picture, or maps what was computed before.

    The file grows by a batch at a time under another name, and is taken up there after
    an interruption; it gets its own name when it is complete. A second process that
    wants the same waits for the first.

    Args:
        paths: N paths of pictures.
        compute: Callable from `[B, H, W, 3]` uint8, B always `batch_size`, to an array
            `[B, …]`.
        dtype: What the file holds.
        key: Stands for `compute`.
        size, batch_size, on_error, cache_dir, progress: As in `RegionFeatures.make`.
        name: What messages and the progress bar call these arrays.

    Returns:
        `[N, …]` mapped into memory, and a dictionary from row to `DataError`.
    """
    if on_error not in ("raise", "skip"):
        raise DataError('on_error="raise" or "skip"', repr(on_error))
    if batch_size < 1:
        raise SeqkitError(f"batch_size: expected at least 1, found {batch_size}")
    size = checked_size(size)
    paths, dtype = [os.fspath(path) for path in paths], np.dtype(dtype)
    if not paths:
        raise DataError("at least one image", "none")
    told = (name, _VERSION, str(key), dtype.str, size, _state(paths))
    file = RowFile(cache_folder(cache_dir) / key_of(*told), dtype)
    file.folder.mkdir(parents=True, exist_ok=True)
    if not file.whole.exists():
        with FileLock(file.folder / "lock"):
            if not file.whole.exists():
                _write(file, paths, compute, size, batch_size, on_error, progress, name)
    errors = file.errors()
    if errors and on_error == "raise":
        raise _with_fix(errors[min(errors)])
    return file.read(len(paths)), errors


def _state(paths):
    """Hash of the paths and of what tells that a file is as it was."""
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        try:
            stat = os.stat(path)
            state = f"{os.path.abspath(path)}\0{stat.st_size}\0{stat.st_mtime_ns}\n"
        except OSError:
            state = f"{os.path.abspath(path)}\0missing\n"
        digest.update(state.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _write(file, paths, compute, size, batch_size, on_error, progress, name):
    """Appends to the file until it is complete."""
    done = file.resume()
    bar = tqdm(
        desc=name,
        total=len(paths),
        initial=done,
        unit=" images",
        delay=1,
        disable=not progress,
    )
    batches = read_batches(paths, size, batch_size, start=done)
    with bar, closing(batches):
        for first, pictures, errors in batches:
            if errors and on_error == "raise":
                raise _with_fix(errors[min(errors)])
            rows = _rows(compute, pictures, batch_size, file.dtype)
            rows[[row - first for row in errors]] = 0
            file.append(rows, errors)
            bar.update(len(rows))
    file.finish()


def _rows(compute, pictures, batch_size, dtype):
    """Returns what is computed of pictures, as the file holds it."""
    count = len(pictures)
    if count < batch_size:  # one shape alone, for compilers
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


def _with_fix(error):
    fix = 'Mend or remove the file, or leave such images out with on_error="skip"'
    return DataError(error.expected, error.found, where=error.where, fix=fix)
