"""Folders as splits that are not read yet."""

import itertools
from functools import partial

from seqkit.data.sources.files import (
    ANY,
    Parallel,
    Part,
    file_part,
    reader_of,
    split_ending,
    split_stem,
)
from seqkit.data.sources.splits import split_at_end, split_name, split_within
from seqkit.errors import DataError


def tree_part(folder, columns, readers, parallel=None):
    """Returns the `Part` that is all files of a folder and of those in it, by name.

    With `parallel` it may also be the parallel files that have just those names. Files
    without a reader, and hidden ones where any ending has one, are passed over. `None`
    where there is no other.
    """
    if parallel and (part := parallel.part(folder, "", columns)):
        return part
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [path for path in files if _is_read(path, readers)]
    if not files:
        return None
    shards = [file_part(path, columns, readers) for path in files]
    return Part(str(folder), partial(_chain, shards), tuple(files))


def _is_read(path, readers):
    hidden = ANY in readers and path.name.startswith(".")
    return not hidden and reader_of(path, readers) is not None


def folder_parts(folder, columns, readers, tree_readers, parallel=None):
    """Returns split name to `Part` for what is named after splits in a folder.

    Looks for files, `train.tsv` or all with a prefix as in `corpus.train.tsv`, and
    where there are none for folders, `train/`; in the folder itself, and where that
    holds no split, in its `data/`. With a reader for `ANY` ending the prefix may be
    followed by other things than dots, and the split by more. With `parallel` a folder
    may be one split itself, of files with just those names.

    Raises:
        DataError: There is no split, or one stands there twice.
    """
    for place in (folder, folder / "data"):
        if not place.is_dir():
            continue
        if found := _by_split(place, readers, parallel or Parallel(columns)):
            return _parts(place, found, columns, readers, parallel)
        if found := _trees(place, columns, tree_readers, parallel):
            return found
        if parallel and (part := parallel.part(place, "", columns)):
            return {split_name(folder.absolute().name) or "train": part}
    names = sorted(path.name for path in folder.iterdir())
    named = "files named SPLIT.ENDING, with SPLIT"
    ending = ", and ENDING one of " + ", ".join(
        dict.fromkeys((*readers, *(parallel.names if parallel else columns)))
    )
    if ANY in readers:
        named, ending = "files whose names hold", ""
    raise DataError(
        f"{named} one of train, validation (val, dev, valid), test, test_*{ending}",
        f"{', '.join(names[:20]) or 'nothing'}{', …' * (len(names) > 20)}",
        where=folder,
        fix="Rename the files, or give a dictionary {split: file or folder}",
    )


def _parts(place, found, columns, readers, parallel):
    """Returns split name to `Part` for what `_by_split` found."""
    parts = {}
    for split, claims in found.items():
        claimed = [path for files in claims.values() for path in files]
        (stem, ending), files = next(iter(claims.items()))
        names = (parallel or Parallel(columns)).names
        # Equal for x.tsv and x.tsv.gz.
        slots = {split_ending(path, names) for path in files}
        if len(claims) > 1 or len(slots) < len(files):
            raise DataError(
                f"one source of the split {split}",
                " and ".join(path.name for path in claimed),
                where=place,
                fix="Remove one, or give a dictionary {split: file}",
            )
        if ending is None:
            parts[split] = file_part(place / stem, columns, readers, parallel)
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


def _trees(place, columns, readers, parallel):
    """Returns split name to `Part` for the folders named after splits."""
    parts, named = {}, {}
    for path in sorted(place.iterdir()):
        split = split_name(path.name) if path.is_dir() else None
        part = split and tree_part(path, columns, readers, parallel)
        if part and split in parts:
            names = f"{named[split]}/ and {path.name}/"
            raise DataError(f"one source of the split {split}", names, where=place)
        if part:
            parts[split], named[split] = part, path.name
    return parts


def _by_split(place, readers, parallel):
    """Returns split -> (stem, ending or `None` for parallel files) -> files."""
    claims = []
    for path in sorted(place.iterdir()):
        stem, ending = split_ending(path, parallel.names)
        if path.is_file() and ending in parallel.names:
            claims.append(((stem, None), path))
        elif path.is_file() and _is_read(path, readers):
            claims.append(((split_stem(path), ending), path))

    def at_end(stem, path):
        within = split_within(path.name) if ANY in readers else None
        return split_at_end(stem) or within

    for rule in (lambda stem, path: split_name(stem), at_end):
        found = {}
        for claim, path in claims:
            if split := rule(claim[0], path):
                found.setdefault(split, {}).setdefault(claim, []).append(path)
        if found:
            break
    return found
