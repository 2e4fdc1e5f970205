"""Folders as splits that are not read yet."""

import itertools
from functools import partial
from pathlib import Path

from seqkit.data.files import Part, file_part, split_ending, split_stem
from seqkit.data.splits import split_at_end, split_name
from seqkit.errors import DataError


def tree_part(folder, columns, readers):
    """Returns the `Part` that is all files of a folder and of those in it, by name.

    Files whose ending has no reader are passed over. `None` where there is no other.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [path for path in files if split_ending(path)[1] in readers]
    if not files:
        return None
    shards = [file_part(path, columns, readers) for path in files]
    return Part(str(folder), partial(_chain, shards), tuple(files))


def folder_parts(folder, columns, readers, tree_readers):
    """Returns split name to `Part` for what is named after splits in a folder.

    Looks for files, `train.tsv` or all with a prefix as in `corpus.train.tsv`, and
    where there are none for folders, `train/`; in the folder itself, and where that
    holds no split, in its `data/`.

    Raises:
        DataError: There is no split, or one stands there twice.
    """
    for place in (folder, folder / "data"):
        if not place.is_dir():
            continue
        if found := _by_split(place, columns, readers):
            return _parts(place, found, columns, readers)
        if found := _trees(place, columns, tree_readers):
            return found
    names = sorted(path.name for path in folder.iterdir())
    endings = ", ".join(dict.fromkeys((*readers, *columns)))
    raise DataError(
        "files named SPLIT.ENDING, with SPLIT one of train, validation (val, dev, "
        f"valid), test, test_*, and ENDING one of {endings}",
        f"{', '.join(names[:20]) or 'nothing'}{', …' * (len(names) > 20)}",
        where=folder,
        fix="Rename the files, or give a dictionary {split: file or folder}",
    )


def _parts(place, found, columns, readers):
    """Returns split name to `Part` for what `_by_split` found."""
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


def _trees(place, columns, readers):
    """Returns split name to `Part` for the folders named after splits."""
    parts = {}
    for path in sorted(place.iterdir()):
        split = split_name(path.name) if path.is_dir() else None
        part = split and tree_part(path, columns, readers)
        if part and split in parts:
            names = f"{Path(parts[split].where).name}/ and {path.name}/"
            raise DataError(f"one source of the split {split}", names, where=place)
        if part:
            parts[split] = part
    return parts


def _by_split(place, columns, readers):
    """Returns split -> (stem, ending or `None` for parallel files) -> files."""
    claims = []
    for path in sorted(place.iterdir()):
        stem, ending = split_ending(path)
        if path.is_file() and ending in columns:
            claims.append(((stem, None), path))
        elif path.is_file() and ending in readers:
            claims.append(((split_stem(path), ending), path))
    for name in (split_name, split_at_end):
        found = {}
        for claim, path in claims:
            if split := name(claim[0]):
                found.setdefault(split, {}).setdefault(claim, []).append(path)
        if found:
            break
    return found
