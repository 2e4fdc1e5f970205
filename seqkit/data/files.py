"""Files as splits that are not read yet."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seqkit.data.readers import read_parallel
from seqkit.errors import DataError

_SHARD = re.compile(r"(.+)-\d{5}-of-\d{5}")


@dataclass(frozen=True)
class Part:
    """One split, not read yet.

    Args:
        where: What messages call it.
        read: `read()` yields records, and `DataError`s for what it could not read.
        files: The files it reads, where it reads files.
        fingerprint: Stands for its content where there are no files; `None` where
            that is unknown before it is read.
    """

    where: str
    read: Callable
    files: tuple = ()
    fingerprint: str | None = None

    def key(self):
        """Returns a hash of the content, or `None` where it cannot be told."""
        if not self.files:
            return self.fingerprint
        digest = hashlib.blake2b(digest_size=16)
        for path in self.files:  # by content: size and time can stay as they were
            with open(path, "rb") as file:
                digest.update(hashlib.file_digest(file, "blake2b").digest())
        return digest.hexdigest()


def split_ending(path):
    """Returns the name without its ending and the ending, both without ".gz"."""
    stem, _, ending = path.name.removesuffix(".gz").rpartition(".")
    return stem, ending


def split_stem(path):
    """Returns the name without ending and shard ("train-00000-of-00002" is "train")."""
    stem, _ = split_ending(path)
    shard = _SHARD.fullmatch(stem)
    return shard[1] if shard else stem


def file_part(path, columns, readers):
    """Returns the `Part` that is a file or a pair of parallel files.

    Args:
        path: A file, or what the names of parallel files have in common before the
            column name (`dir/train` for `dir/train.en` and `dir/train.de`).
        columns: Column names, which are the endings of parallel files.
        readers: File ending to reader.

    Returns:
        The `Part`, or `None` where there is no such file.

    Raises:
        DataError: The ending is unknown, or only some of the parallel files are there.
    """
    stem, ending = split_ending(path)
    if path.is_file() and ending in readers:
        return Part(str(path), partial(readers[ending], path, columns), (path,))
    if path.is_file() and ending not in columns:
        endings = ", ".join(f".{ending}" for ending in (*readers, *columns))
        raise DataError(f"a file ending in {endings}", repr(path.name), where=path)
    prefix = path.with_name(stem) if path.is_file() else path
    files = tuple(_plain_or_gz(f"{prefix}.{column}") for column in columns)
    if not any(files):
        return None
    if not all(files):
        names = ", ".join(f"{prefix.name}.{column}" for column in columns)
        there = ", ".join(file.name for file in files if file)
        raise DataError(f"parallel files {names}", f"only {there}", where=prefix.parent)
    where = " and ".join(map(str, files))
    return Part(where, partial(read_parallel, files, columns), files)


def _plain_or_gz(name):
    candidates = (Path(name), Path(f"{name}.gz"))
    return next((path for path in candidates if path.is_file()), None)
