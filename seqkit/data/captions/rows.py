"""Records of images and captions, checked and gathered by image."""

import hashlib
import io
import os
import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from seqkit.data.annotations import FilePath
from seqkit.data.captions.images import read_image
from seqkit.data.sources.caption_files import ImagePath, image_column
from seqkit.data.sources.files import Part
from seqkit.data.sources.lines import Record, Records, brief, no_target, text_of
from seqkit.data.sources.store import cache_folder
from seqkit.errors import DataError

_OTHER_NAMES = ("captions", "text")  # of the column "caption"
_FIX = "Give image= and caption= as the data names them"


def caption_rows(
    part: Part,
    columns: Sequence[str],
    image_dir: Path | None,
    cache_dir: FilePath | None,
) -> Records:
    """Yields a record for each image, with the place of its first caption, in order.

    All captions are held in memory meanwhile, since those of an image may be apart.

    Relative paths that are not in a file are those of `image_dir`. Images that are not
    files are stored in `cache_dir`.
    """
    images: dict[str, tuple[str, list[str], Record]] = {}
    notes: dict[str, None] = {}
    for record in part.read():
        try:
            if isinstance(record, DataError):
                raise record
            caption_column, texts = _captions(record, columns[1])
            column = image_column(record.values, columns[0])
            name, path = _image(record, column, image_dir, cache_dir)
        except DataError as error:
            yield error
            continue
        images.setdefault(path, (name, [], record._replace(values=None)))[1].extend(
            texts
        )
        for sentence in record.notes:
            notes[sentence] = None
        for used, wanted in zip((column, caption_column), columns, strict=True):
            if used != wanted:
                notes[f"{wanted} from the column {used!r}"] = None
    for path, (name, captions, first) in images.items():
        values = {"image": path, "captions": captions, "name": name}
        yield first._replace(values=values, notes=tuple(notes))
        notes.clear()


def _captions(record: Record, column: str) -> tuple[str, list[str]]:
    """Returns the name of the column of captions, and one or more of them."""
    column, found = _caption_column(record, column)
    texts = list(found) if isinstance(found, list | tuple | np.ndarray) else [found]
    if not texts:
        error = record.error(f"at least one caption in column {column!r}", "none")
        raise no_target(error)
    for text in texts:
        if not text_of(record, {column: text}, column).strip():
            raise record.error(f"text in column {column!r}", brief(text))
    return column, texts


def _caption_column(record: Record, column: str) -> tuple[str, Any]:
    """Returns the name of the column of captions, and what is there."""
    values = record.values
    if column in values:
        return column, values[column]
    numbered = {
        int(match[1]): values[name]
        for name in values
        if (match := re.fullmatch(rf"{re.escape(column)}_(\d+)", name))
    }
    if numbered:
        texts = (numbered[number] for number in sorted(numbered))
        return f"{column}_N", [text for text in texts if text is not None]
    names = _OTHER_NAMES if column == "caption" else ()
    other = next((name for name in names if name in values), None)
    if other is None:
        raise no_target(record.missing(column, _FIX))
    return other, values[other]


def _image(record, column, image_dir, cache_dir):
    """Returns what the data call an image, and its absolute path."""
    if column not in record.values:
        raise record.missing(column, _FIX)
    value = record.values[column]
    if isinstance(value, dict) and value.keys() >= {"bytes", "path"}:
        value = value["path"] if value["bytes"] is None else value["bytes"]
    if isinstance(value, str | os.PathLike):
        value = ImagePath(os.fspath(value), image_dir or Path())
    if isinstance(value, ImagePath):
        return _file(record, value, image_dir)
    if isinstance(value, Image.Image | np.ndarray):
        place = f"row {record.row}" if record.line is None else f"line {record.line}"
        pixels = read_image(value, where=f"{record.where}, {place}")
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        value = file.getvalue()
    if isinstance(value, bytes | bytearray | memoryview) and len(value):
        return _stored(bytes(value), cache_dir)
    expected = f"a path, bytes, a PIL image or an array in column {column!r}"
    raise record.error(expected, brief(value))


def _file(record: Record, image: ImagePath, image_dir: Path | None) -> tuple[str, str]:
    path = os.path.abspath(os.path.join(image.folder, image.name))
    try:
        size = os.stat(path).st_size
    except (OSError, ValueError):
        size = None
    if size is None or not image.name or os.path.isdir(path):
        fix = "Images are looked for beside the file: image_dir= names another folder"
        fix = fix if image_dir is None else None
        raise record.error("an image file", f"no file {path}", fix=fix)
    if not size:
        raise record.error("an image file", f"an empty file {path}")
    return os.path.normpath(image.name), path


def _stored(content: bytes, cache_dir: FilePath | None) -> tuple[str, str]:
    """Writes an image under the hash of its bytes, unless it is there already."""
    name = hashlib.blake2b(content, digest_size=16).hexdigest()
    folder = cache_folder(cache_dir).absolute() / "images" / name[:2]
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"{uuid.uuid4().hex}.partial"
        beside.write_bytes(content)
        os.replace(beside, path)
    return name, str(path)


def grouped(
    part: Part,
    columns: Sequence[str],
    image_dir: Path | None,
    cache_dir: FilePath | None,
) -> Part:
    """Returns the `Part` whose records are images with their captions.

    Files are read each time, since images beside them may come and go.
    """
    read = partial(caption_rows, part, columns, image_dir, cache_dir)
    fingerprint = None if part.files else part.fingerprint
    return replace(part, read=read, files=(), fingerprint=fingerprint)
