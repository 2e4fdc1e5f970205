"""Folders as splits that are not read yet."""

import itertools
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from seqkit.data.sources.files import Layout, Part, file_part, split_ending, split_stem
from seqkit.data.sources.lines import Records, listed
from seqkit.data.sources.splits import split_at_end, split_name, split_within
from seqkit.data.sources.visible import visible, visible_files
from seqkit.errors import DataError

# (stem, ending or `None` for parallel files) -> files
_Claims = dict[tuple[str, str | None], list[Path]]


def tree_part(folder: Path, layout: Layout) -> Part | None:
    """Returns the `Part` for all files in a folder and its subfolders, by name.

    If `layout.parallel` is given, they may also be the parallel files that have just
    those names. Hidden files and those without a reader are passed over. `None` if no
    file is left.
    """
    if layout.parallel and (part := layout.parallel_part(folder, "")):
        return part
    files = [path for path in visible_files(folder) if layout.reader_of(path)]
    return _chained(str(folder), files, layout) if files else None


def _chained(where: str, files: Sequence[Path], layout: Layout) -> Part:
    """Returns the `Part` that reads one file after the other."""
    shards = [part for path in files if (part := file_part(path, layout))]
    notes = dict.fromkeys(note for shard in shards for note in shard.notes)
    return Part(where, partial(_chain, shards), tuple(files), notes=tuple(notes))


def _chain(parts: Sequence[Part]) -> Records:
    return itertools.chain.from_iterable(part.read() for part in parts)


def folder_parts(folder: Path, layout: Layout) -> dict[str, Part]:
    """Returns split name to `Part` for what is named after splits in a folder.

    Looks for files, `train.tsv` or all with a prefix as in `corpus.train.tsv`, and if
    there are none for folders, `train/`; in the folder itself, and if that holds no
    split, in its `data/`.
    """
    for place in (folder, folder / "data"):
        if not place.is_dir():
            continue
        if found := _by_split(place, layout):
            return _parts(place, found, layout)
        if found := _trees(place, layout):
            return found
        if layout.parallel and (part := layout.parallel_part(place, "")):
            return {split_name(folder.absolute().name) or "train": part}
    names = [path.name for path in visible(folder)]
    named = "files named SPLIT.ENDING, with SPLIT"
    endings = dict.fromkeys((*layout.readers, *layout.names))
    ending = f", and ENDING one of {', '.join(endings)}"
    if layout.reads_any:
        named, ending = "files whose names hold", ""
    raise DataError(
        f"{named} one of train, validation (val, dev, valid), test, test_*{ending}",
        listed(names, str) if names else "nothing",
        where=folder,
        fix="Rename the files, or give a dictionary {split: file or folder}",
    )


def _parts(place, found, layout):
    """Returns split name to `Part` for what `_by_split` found."""
    parts = {}
    for split, claims in found.items():
        claimed = [path for files in claims.values() for path in files]
        (stem, ending), files = next(iter(claims.items()))
        # Equal for x.tsv and x.tsv.gz.
        slots = {split_ending(path, layout.names) for path in files}
        if len(claims) > 1 or len(slots) < len(files):
            raise DataError(
                f"one source of the split {split}",
                " and ".join(path.name for path in claimed),
                where=place,
                fix="Remove one, or give a dictionary {split: file}",
            )
        if ending is None:
            parts[split] = layout.parallel_part(place, stem)
        elif len(files) == 1:
            parts[split] = file_part(files[0], layout)
        else:
            parts[split] = _chained(f"{place / stem}.{ending}", files, layout)
    return parts


def _trees(place: Path, layout: Layout) -> dict[str, Part]:
    """Returns split name to `Part` for the folders named after splits."""
    parts, named = {}, {}
    for path in visible(place):
        split = split_name(path.name) if path.is_dir() else None
        part = split and tree_part(path, layout.of_tree())
        if part and split in parts:
            names = f"{named[split]}/ and {path.name}/"
            raise DataError(f"one source of the split {split}", names, where=place)
        if part:
            parts[split], named[split] = part, path.name
    return parts


def _by_split(place: Path, layout: Layout) -> dict[str, _Claims]:
    """Returns the files of each split."""

    def at_end(stem: str, path: Path) -> str | None:
        within = split_within(path.name) if layout.reads_any else None
        return split_at_end(stem) or within

    claims = list(_claims(place, layout))
    for rule in (lambda stem, path: split_name(stem), at_end):
        found: dict[str, _Claims] = {}
        for claim, path in claims:
            if split := rule(claim[0], path):
                found.setdefault(split, {}).setdefault(claim, []).append(path)
        if found:
            return found
    return {}


def _claims(place, layout):
    for path in visible(place):
        stem, ending = split_ending(path, layout.names)
        if path.is_file() and ending in layout.names:
            yield (stem, None), path
        elif path.is_file() and layout.reader_of(path):
            yield (split_stem(path), ending), path
