"""Files as splits that are not read yet."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from seqkit.data.sources.lines import NoTarget, Records, text_lines
from seqkit.data.sources.readers import Reader, format_name, read_parallel
from seqkit.data.sources.splits import split_at_end, split_name, split_within
from seqkit.errors import DataError

# The key, among readers, of the one for files with any other ending. If there is one,
# a file belongs to the split that its whole name holds.
ANY = "*"

_SHARD = re.compile(r"(.+)-\d{5}-of-\d{5}")


@dataclass(frozen=True)
class Part:
    """One split, not read yet."""

    where: str  # its name in messages
    read: Callable[[], Records]
    files: tuple[Path, ...] = ()
    fingerprint: str | None = None  # identifies content without files, if it is known
    notes: tuple[str, ...] = ()  # as in `Splits.notes`

    def key(self) -> str | None:
        """Returns a hash of the content, or `None` if it is unknown."""
        if not self.files:
            return self.fingerprint
        digest = hashlib.blake2b(digest_size=16)
        for path in self.files:  # by content: size and time can stay the same
            with open(path, "rb") as file:
                digest.update(hashlib.file_digest(file, "blake2b").digest())
        return digest.hexdigest()


@dataclass(frozen=True)
class Parallel:
    """Parallel files, in which equal line numbers belong together."""

    names: Sequence[Any]  # endings, or whole names, in the order of the columns
    read: Reader = read_parallel

    def part(self, place: Path, stem: str, columns: Sequence[Any]) -> Part | None:
        """Returns the files of one stem in a folder, `None` if there is none of them.

        If only the first is there, its lines are rows without a target.
        """
        names = [f"{stem}.{name}" if stem else str(name) for name in self.names]
        files = [_plain_or_gz(place / name) for name in names]
        found = tuple(file for file in files if file)
        if not found:
            return None
        if len(found) < len(files):
            there = ", ".join(file.name for file in found)
            wanted = f"parallel files {', '.join(names)}"
            error = NoTarget(wanted, f"only {there}", where=place)
            if files[0] is None:
                raise error
            return Part(str(found[0]), partial(_without_target, found[0], error), found)
        where = " and ".join(map(str, found))
        return Part(where, partial(self.read, found, columns), found)


def split_ending(path: Path, names: Sequence[Any] = ()) -> tuple[str, str]:
    """Returns the name without its ending and the ending, both without ".gz".

    An ending among `names` may hold dots, and may be all of the name.
    """
    name = path.name.removesuffix(".gz")
    for ending in names:
        if f".{name}".endswith(f".{ending}"):
            return name[: -len(ending)].removesuffix("."), ending
    stem, _, ending = name.rpartition(".")
    return stem, ending


def split_stem(path: Path, names: Sequence[Any] = ()) -> str:
    """Returns the name without ending and shard ("train-00000-of-00002" is "train")."""
    stem, _ = split_ending(path, names)
    shard = _SHARD.fullmatch(stem)
    return shard[1] if shard else stem


@dataclass(frozen=True)
class Layout:
    """How to find and read the files of a dataset."""

    columns: Sequence[Any]  # in the order that files without a header have
    readers: Mapping[str, Reader]  # by file ending
    tree_readers: Mapping[str, Reader] | None = None  # of a folder that is one split
    parallel: Parallel | None = None  # by default with the columns as endings

    @property
    def names(self) -> Sequence[Any]:
        """What parallel files end in."""
        return self.parallel.names if self.parallel else self.columns

    @property
    def reads_any(self) -> bool:
        """Whether files with any ending are read."""
        return ANY in self.readers

    def of_tree(self) -> "Layout":
        """The layout of a folder that is one split."""
        return replace(self, readers=self.tree_readers or self.readers)

    def reader_of(self, path: Path) -> Reader | None:
        """Returns the reader of a file by its ending, or `None`."""
        ending = split_ending(path, self.names)[1]
        return self.readers.get(ending, self.readers.get(ANY))

    def parallel_part(self, place: Path, stem: str) -> Part | None:
        """Returns the parallel files of one stem in a folder, if there are any."""
        parallel = self.parallel or Parallel(self.columns)
        return parallel.part(place, stem, self.columns)


def file_split(path: Path, layout: Layout) -> str | None:
    """Returns the split that a file, or the stem of parallel files, is named after."""
    if not path.is_file():
        return split_name(path.name) or split_at_end(path.name)
    stem = split_stem(path, layout.names)
    if not stem and split_ending(path, layout.names)[1] in layout.names:
        stem = path.absolute().parent.name  # the folder has the name
    found = split_name(stem) or split_at_end(stem)
    return found or (split_within(path.name) if layout.reads_any else None)


def file_part(path: Path, layout: Layout) -> Part | None:
    """Returns the `Part` for a file or some parallel files, `None` without a file."""
    if not path.is_file():
        return layout.parallel_part(path.parent, path.name) if path.name else None
    stem, ending = split_ending(path, layout.names)
    if read := layout.reader_of(path):
        notes = ()
        if ending in layout.readers:
            notes = (f"read as {format_name(read)}, by the file ending .{ending}",)
        read = partial(read, path, layout.columns)
        return Part(str(path), read, (path,), notes=notes)
    if ending in layout.names:
        return layout.parallel_part(path.parent, stem)
    endings = ", ".join(f".{ending}" for ending in (*layout.readers, *layout.names))
    raise DataError(f"a file ending in {endings}", repr(path.name), where=path)


def _without_target(path: Path, error: NoTarget) -> Records:
    return (error for _ in text_lines(path, "latin-1"))  # to count them


def _plain_or_gz(path: Path) -> Path | None:
    candidates = (path, path.with_name(f"{path.name}.gz"))
    return next((path for path in candidates if path.is_file()), None)
