"""The splits of images with captions, not read yet."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from seqkit.data.sources.caption_files import (
    FORMATS,
    coco_split,
    first_folder,
    image_column,
    placed,
    read_coco_or_rows,
    read_flickr,
    tables,
)
from seqkit.data.sources.files import Layout, Part, split_ending
from seqkit.data.sources.lines import Record, Records, brief, listed
from seqkit.data.sources.loader import Loader
from seqkit.data.sources.readers import Reader, readers_for
from seqkit.data.sources.splits import split_name
from seqkit.data.sources.undecoded import undecoded
from seqkit.data.sources.visible import visible
from seqkit.errors import DataError

_ENDINGS = {"coco": "json", "flickr": "txt"}
_LISTS = {"train": "train", "dev": "validation", "test": "test"}  # of Flickr8k


def find_captions(
    loader: Loader,
    columns: Sequence[str],
    image_dir: Path | None,
    format: str | None,
    separator: str | None,
) -> tuple[str, dict[str, Part]]:
    """Finds the splits of a dataset of captions, in the columns of both."""
    dataset = loader.dataset
    layout = _layout(loader, columns, image_dir, format, separator)
    path, found = None, None
    if isinstance(dataset, str | os.PathLike):
        path = Path(dataset).expanduser()
        if path.is_dir():
            found = _folder_parts(path, columns, layout.readers)
    origin, parts = replace(loader, dataset=found or dataset).find(layout)
    if found:
        origin = f"folder {path}"
    elif path and path.is_file() and (split := coco_split(path)):
        parts = dict.fromkeys([split], *parts.values())
    return origin, {split: undecoded(part) for split, part in parts.items()}


def _layout(loader, columns, image_dir, format, separator):
    """How to read files, and those of a folder that is a split."""
    trees, dataset = tables(), loader.dataset
    if format is not None and format not in (known := trees | FORMATS):
        found = repr(format)
        raise DataError(f"a format of {', '.join(known)}", found, where="format")
    files = {
        **trees,
        "json": read_coco_or_rows,
        "txt": read_flickr,
        "token": read_flickr,
    }
    if format is not None:
        read = (trees | FORMATS)[format]
        given = dataset.values() if isinstance(dataset, Mapping) else [dataset]
        given = [one for one in given if isinstance(one, str | os.PathLike)]
        endings = {split_ending(Path(one))[1] for one in given} - {""}
        files = dict.fromkeys([*files, *endings], read)
        trees = {_ENDINGS.get(format, format): read}

    def prepared(readers: Any) -> dict[str, Reader]:
        found = readers_for(loader.encoding, readers, separator)
        return {ending: placed(found[ending], image_dir) for ending in readers}

    return Layout(columns, prepared(files), prepared(trees))


def _folder_parts(folder, columns, readers):
    """Split name to `Part` for the forms that only images have, or `None`."""
    for ending in tables():
        path = folder / f"metadata.{ending}"
        if path.is_file():
            return _metadata_parts(path, columns, readers[ending])
    for place in (folder, folder / "annotations"):
        if place.is_dir() and (files := visible(place, "captions_*.json")):
            return _coco_parts(place, files, columns, readers["json"])
    for name in ("results.csv", "captions.txt"):  # of Flickr30k and Flickr8k
        if (path := folder / name).is_file():
            read = partial(readers[split_ending(path)[1]], path, columns)
            return {"train": Part(str(path), read, (path,))}
    tokens = [*visible(folder, "*.token.txt"), *visible(folder, "*.token")]
    if len(tokens) == 1:
        return _token_parts(tokens[0], columns, readers["txt"])
    return None


def _metadata_parts(path, columns, read):
    """Splits are the folders named after them, if there are any."""
    read = partial(read, path, columns)
    folders = filter(Path.is_dir, visible(path.parent))
    splits = {split for one in folders if (split := split_name(one.name))}
    if not splits:
        return {"train": Part(str(path), read, (path,))}

    def split_of(record: Record) -> str | None:
        value = record.values.get(image_column(record.values, columns[0]))
        return first_folder(value.name) if hasattr(value, "folder") else None

    return {
        split: Part(str(path), partial(_of_split, read, split_of, split, splits))
        for split in sorted(splits)
    }


def _of_split(read: Reader, split_of: Any, split: str, splits: set[str]) -> Records:
    """Yields what belongs to a split; what belongs to none comes with the first."""
    for record in read():
        found = None if isinstance(record, DataError) else split_of(record)
        if found == split:
            yield record
        elif found not in splits and split == min(splits):
            if not isinstance(record, DataError):
                folders = ", ".join(sorted(splits))
                expected = f"an image in a folder of a split ({folders})"
                record = record.error(expected, brief(record.values))
            yield record


def _coco_parts(place, files, columns, read):
    parts = {}
    for path in files:
        split = coco_split(path)
        if split is None or split in parts:
            expected = "one captions_SPLIT.json per split"
            names = listed(files, lambda path: path.name)
            fix = "Give a dictionary {split: file}"
            raise DataError(expected, names, where=place, fix=fix)
        parts[split] = Part(str(path), partial(read, path, columns), (path,))
    return parts


def _token_parts(path: Path, columns: Sequence[str], read: Reader) -> dict[str, Part]:
    """Files such as `Flickr_8k.devImages.txt` list the splits, if there are any."""
    lists = {}
    for name, split in _LISTS.items():
        if files := visible(path.parent, f"*{name}Images.txt"):
            lines = files[0].read_text("utf-8").split("\n")
            lists |= dict.fromkeys(filter(None, map(str.strip, lines)), split)
    read = partial(read, path, columns)
    if not lists:
        return {"train": Part(str(path), read, (path,))}

    def of_split(split: str) -> Records:
        for record in read():
            if isinstance(record, DataError):
                listed = min(lists.values())
            else:
                listed = lists.get(record.values[columns[0]].name)
            if listed == split:
                yield record

    return {
        split: Part(str(path), partial(of_split, split))
        for split in dict.fromkeys(lists.values())
    }
