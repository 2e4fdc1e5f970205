"""Files and folders as splits that are not read yet."""

import hashlib
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seqkit.data.readers import read_parallel
from seqkit.data.splits import split_name
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


def folder_parts(folder, columns, readers):
    """Returns split name to `Part` for the files of a folder named after splits.

    Looks in the folder itself, and where that holds no split, in its `data/`.

    Raises:
        DataError: There is no split, or one stands there twice.
    """
    for place in (folder, folder / "data"):
        found = _by_split(place, columns, readers) if place.is_dir() else {}
        if found:
            break
    else:
        names = sorted(path.name for path in folder.iterdir())
        endings = ", ".join((*readers, *columns))
        raise DataError(
            "files named SPLIT.ENDING, with SPLIT one of train, validation (val, dev, "
            f"valid), test, test_*, and ENDING one of {endings}",
            f"{', '.join(names[:20]) or 'nothing'}{', …' * (len(names) > 20)}",
            where=folder,
            fix="Rename the files, or give a dictionary {split: file}",
        )
    parts = {}
    for split, claims in found.items():
        claimed = [path for files in claims.values() for path in files]
        (stem, ending), files = next(iter(claims.items()))
        slots = {split_ending(path) for path in files}  # equal for x.tsv and x.tsv.gz
        if len(claims) > 1 or len(slots) < len(files):
            raise DataError(
                f"one source of the split {split}",
                " and ".join(path.name for path in claimed),
                where=place,
                fix="Remove one, or give a dictionary {split: file}",
            )
        if ending is None:
            parts[split] = file_part(place / stem, columns, readers)
        elif len(files) == 1:
            parts[split] = file_part(files[0], columns, readers)
        else:
            shards = [file_part(path, columns, readers) for path in files]
            parts[split] = Part(
                f"{place / stem}.{ending}", partial(_chain, shards), tuple(files)
            )
    return parts


def _chain(parts):
    return itertools.chain.from_iterable(part.read() for part in parts)


def _by_split(place, columns, readers):
    """Returns split -> (stem, ending or `None` for parallel files) -> files."""
    found = {}
    for path in sorted(place.iterdir()):
        stem, ending = split_ending(path)
        if ending in columns:
            claim = stem, None
        elif ending in readers:
            claim = split_stem(path), ending
        else:
            continue
        split = split_name(claim[0])
        if split and path.is_file():
            found.setdefault(split, {}).setdefault(claim, []).append(path)
    return found
