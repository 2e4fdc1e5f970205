"""Files as splits that are not read yet."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from seqkit.data.sources.readers import read_parallel
from seqkit.data.sources.splits import split_at_end, split_name, split_within
from seqkit.errors import DataError

# Among readers the one of files with any other ending. Where there is one, a file is
# of the split that its whole name holds.
ANY = "*"

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


@dataclass(frozen=True)
class Parallel:
    """Files side by side, where equal line numbers belong together.

    Args:
        names: What the name of each file ends in behind a dot, or all of its name in a
            folder of its own, in the order of the columns.
        read: `read(paths, columns)` yields records.
    """

    names: tuple
    read: Callable = read_parallel

    def part(self, place, stem, columns):
        """Returns the `Part` that are the files of one stem in a folder.

        Returns:
            The `Part`, or `None` where there is none of the files.

        Raises:
            DataError: Only some of them are there.
        """
        names = [f"{stem}.{name}" if stem else name for name in self.names]
        files = tuple(_plain_or_gz(place / name) for name in names)
        if not any(files):
            return None
        if not all(files):
            there = ", ".join(file.name for file in files if file)
            wanted = f"parallel files {', '.join(names)}"
            raise DataError(wanted, f"only {there}", where=place)
        where = " and ".join(map(str, files))
        return Part(where, partial(self.read, files, columns), files)


def split_ending(path, names=()):
    """Returns the name without its ending and the ending, both without ".gz".

    An ending among `names` may hold dots, and may be all of the name.
    """
    name = path.name.removesuffix(".gz")
    for ending in names:
        if f".{name}".endswith(f".{ending}"):
            return name[: -len(ending)].removesuffix("."), ending
    stem, _, ending = name.rpartition(".")
    return stem, ending


def split_stem(path, names=()):
    """Returns the name without ending and shard ("train-00000-of-00002" is "train")."""
    stem, _ = split_ending(path, names)
    shard = _SHARD.fullmatch(stem)
    return shard[1] if shard else stem


def file_split(path, readers, names=()):
    """Returns the split that a file, or what parallel files share, is named after."""
    if not path.is_file():
        return split_name(path.name) or split_at_end(path.name)
    stem = split_stem(path, names)
    if not stem and split_ending(path, names)[1] in names:  # its folder has the name
        stem = path.absolute().parent.name
    found = split_name(stem) or split_at_end(stem)
    return found or (split_within(path.name) if ANY in readers else None)


def reader_of(path, readers, names=()):
    """Returns the reader of a file by its ending, or `None`."""
    return readers.get(split_ending(path, names)[1], readers.get(ANY))


def file_part(path, columns, readers, parallel=None):
    """Returns the `Part` that is a file or some parallel files.

    Args:
        path: A file, or what the names of parallel files have in common before the
            column name (`dir/train` for `dir/train.en` and `dir/train.de`).
        columns: Column names.
        readers: File ending to reader; that of `ANY` reads all others.
        parallel: What parallel files are called; by default they end in the columns.

    Returns:
        The `Part`, or `None` where there is no such file.

    Raises:
        DataError: The ending is unknown, or only some of the parallel files are there.
    """
    parallel = parallel or Parallel(columns)
    if not path.is_file():
        return parallel.part(path.parent, path.name, columns) if path.name else None
    if read := reader_of(path, readers, parallel.names):
        return Part(str(path), partial(read, path, columns), (path,))
    stem, ending = split_ending(path, parallel.names)
    if ending in parallel.names:
        return parallel.part(path.parent, stem, columns)
    endings = ", ".join(f".{ending}" for ending in (*readers, *parallel.names))
    raise DataError(f"a file ending in {endings}", repr(path.name), where=path)


def _plain_or_gz(path):
    candidates = (path, path.with_name(f"{path.name}.gz"))
    return next((path for path in candidates if path.is_file()), None)
