"""Records of images and captions, checked and gathered by image."""

import hashlib
import io
import os
import re
import uuid
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from seqkit.data.captions.images import read_image
from seqkit.data.sources.caption_files import ImagePath, image_column
from seqkit.data.sources.lines import Record, brief, text_of
from seqkit.data.sources.store import cache_folder
from seqkit.errors import DataError

_OTHER_NAMES = ("captions", "text")  # of the column "caption"


def caption_rows(part, columns, image_dir, cache_dir):
    """Yields a record an image, in the order in which they come.

    All captions are held in memory meanwhile, for those of an image may stand apart.

    Args:
        part: The `Part` to read.
        columns: The columns of image and caption.
        image_dir: Folder of relative paths where they stand in no file.
        cache_dir: The cache for images that are no files.

    Yields:
        `Record`s with `image`, an absolute path; `captions`, a list of strings; `name`,
        the image as the data name it; and `DataError`s for bad records.
    """
    images = {}
    for record in part.read():
        try:
            if isinstance(record, DataError):
                raise record
            texts = _captions(record, columns[1])
            name, path = _image(record, columns[0], image_dir, cache_dir)
        except DataError as error:
            yield error
        else:
            images.setdefault(path, (name, []))[1].extend(texts)
    for path, (name, captions) in images.items():
        values = {"image": path, "captions": captions, "name": name}
        yield Record(part.where, None, None, values)


def _captions(record, column):
    """Returns the captions in a record, one or more."""
    column, found = _caption_column(record, column)
    texts = list(found) if isinstance(found, list | tuple | np.ndarray) else [found]
    if not texts:
        raise record.error(f"at least one caption in column {column!r}", "none")
    for text in texts:
        if not text_of(record, {column: text}, column, None).strip():
            raise record.error(f"text in column {column!r}", brief(text))
    return texts


def _caption_column(record, column):
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
        raise _no_column(record, column)
    return other, values[other]


def _no_column(record, column):
    found = ", ".join(map(repr, record.values))
    fix = "Give image= and caption= as the data names them"
    return record.error(f"a column {column!r}", found, fix=fix)


def _image(record, column, image_dir, cache_dir):
    """Returns what the data call an image, and its absolute path."""
    column = image_column(record.values, column)
    if column not in record.values:
        raise _no_column(record, column)
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


def _file(record, image, image_dir):
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


def _stored(content, cache_dir):
    """Writes an image under the hash of its bytes, where it is not there yet."""
    name = hashlib.blake2b(content, digest_size=16).hexdigest()
    folder = cache_folder(cache_dir).absolute() / "images" / name[:2]
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"{uuid.uuid4().hex}.partial"
        beside.write_bytes(content)
        os.replace(beside, path)
    return name, str(path)


def grouped(part, columns, image_dir, cache_dir):
    """Returns the `Part` whose records are images with their captions.

    Files are read anew each time, for images beside them come and go.
    """
    read = partial(caption_rows, part, columns, image_dir, cache_dir)
    fingerprint = None if part.files else part.fingerprint
    return type(part)(part.where, read, fingerprint=fingerprint)
