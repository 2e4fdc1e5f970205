"""Files of captions, as records with the two columns image and caption."""

import functools
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from seqkit.data.sources.files import split_ending
from seqkit.data.sources.json_files import begins_with, read_json
from seqkit.data.sources.lines import Record, Records, brief, listed, text_lines
from seqkit.data.sources.readers import Reader
from seqkit.data.sources.splits import split_at_end, split_name
from seqkit.data.sources.tables import read_csv, read_tsv
from seqkit.data.sources.xlsx import read_xlsx
from seqkit.errors import DataError
from seqkit.registries import readers

_FLICKR_30K = ["image_name", "comment_number", "comment"]
FILE_NAME = "file_name"  # what Hugging Face calls the column of images
_RESULTS = re.compile(r"([^|]+)\| *\d+ *\|? *(.*)")  # one line lacks the second |
_TOKEN = re.compile(r"(.+)#\d+\t(.*)", re.DOTALL)
_YEAR = re.compile(r"(19|20)\d\d$")
_IMAGES = (
    "images",
    "Images",
    "Flicker8k_Dataset",
    "Flickr8k_Dataset",
    "flickr30k_images",
    "flickr30k-images",
)


class ImagePath(NamedTuple):
    """Path of an image as in a file, and the folder that it is relative to."""

    name: str
    folder: Path


def read_flickr(path: Path, columns: Sequence[Any], encoding: str = "utf-8") -> Records:
    """Reads lines `IMAGE.jpg#0<TAB>caption`, as in `Flickr8k.token.txt`.

    With a header of Flickr30k's `results.csv`, lines are `IMAGE.jpg| 0| caption`; with
    one of another `captions.txt`, CSV.
    """
    head, line = _first_fields(path, encoding), _TOKEN
    if head == ["image", "caption"]:
        renamed = dict(zip(head, columns, strict=True))
        for record in read_csv(path, head, encoding):
            if isinstance(record, Record):
                values = {renamed[name]: value for name, value in record.values.items()}
                record = record._replace(values=values)
            yield record
        return
    if head == _FLICKR_30K:
        line = _RESULTS
    for number, text in text_lines(path, encoding):
        if isinstance(text, DataError):
            yield text
        elif number == 1 and head == _FLICKR_30K:
            continue
        elif match := line.fullmatch(text):
            values = dict(zip(columns, match.groups(), strict=True))
            yield Record(str(path), number, None, values)
        else:
            found = brief(text) if text.strip() else "an empty line"
            fix = (
                'For a table give format="csv" or format="tsv"' if number == 1 else None
            )
            expected = "IMAGE.jpg#0<TAB>caption"
            if line is _RESULTS:
                expected = "IMAGE.jpg| 0| caption"
            yield DataError(expected, found, where=path, line=number, fix=fix)


def read_coco(path: Path, columns: Sequence[Any], encoding: str = "utf-8") -> Records:
    """Reads COCO's captions: an object of `images` and `annotations`."""
    image, caption = columns
    images, captions = _coco_images(path, encoding), {}
    for row, one in enumerate(images["annotations"]):
        record = Record(f"{path}, annotations", None, row, one)
        owner = one.get("image_id") if isinstance(one, dict) else None
        if owner is None or not isinstance(one.get("caption"), str | None):
            yield record.error("an annotation with image_id and caption", brief(one))
        elif owner not in images["ids"]:
            yield record.error("an image_id that is among the images", repr(owner))
        elif not (one.get("caption") or "").strip():
            yield record.error("text in 'caption'", brief(one.get("caption")))
        else:
            captions.setdefault(owner, []).append(one["caption"])
    for row, one in enumerate(images["images"]):
        record = Record(f"{path}, images", None, row, None)
        if one["id"] in captions:
            values = {image: one[FILE_NAME], caption: captions[one["id"]]}
            yield record._replace(values=values)
        else:
            yield record.error("an annotation with a caption", f"none of {brief(one)}")


def read_coco_or_rows(
    path: Path, columns: Sequence[Any], encoding: str = "utf-8"
) -> Records:
    """Reads COCO's captions, an object, or an array of rows."""
    rows = begins_with(path, "[", encoding)
    return (read_json if rows else read_coco)(path, columns, encoding)


def _coco_images(path: Path, encoding: str) -> dict[str, Any]:
    """Returns the object in the file, with the set `ids` of its images' ids."""
    lines = []
    for _, text in text_lines(path, encoding):
        if isinstance(text, DataError):
            raise text
        lines.append(text)
    try:
        found = json.loads("\n".join(lines))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise DataError("JSON", error, where=path, line=line) from error
    expected = "COCO captions: an object with the lists images and annotations"
    if not isinstance(found, dict):
        raise DataError(expected, type(found).__name__, where=path)
    for name in ("images", "annotations"):
        if not isinstance(found.get(name), list):
            names = listed(found) if found else "an empty object"
            raise DataError(expected, names, where=path)
    ids = set()
    for row, one in enumerate(found["images"]):
        place = {"where": f"{path}, images", "row": row}
        if not isinstance(one, dict) or not isinstance(one.get(FILE_NAME), str):
            raise DataError("an image with id and file_name", brief(one), **place)
        if one.get("id") is None or one["id"] in ids:
            raise DataError("an id of its own", repr(one.get("id")), **place)
        ids.add(one["id"])
    return found | {"ids": ids}


def _read_table(read: Reader) -> Reader:
    """The reader of a table whose header names the image, or which has two columns."""

    @functools.wraps(read)
    def read_table(
        path: Path,
        columns: Sequence[str],
        encoding: str = "utf-8",
        separator: str | None = None,
    ) -> Records:
        image, _ = columns
        names = _first_fields(path, encoding, separator)
        if names == _FLICKR_30K and separator is None and image not in names:
            return read_flickr(path, columns, encoding)
        has_header = image in names or (image == "image" and FILE_NAME in names)
        more: dict[str, Any] = {} if separator is None else {"separator": separator}
        more["header"] = None if has_header else False
        return read(path, () if has_header else columns, encoding=encoding, **more)

    return read_table


def _read_sheet(path: Path, columns: Sequence[str]) -> Records:
    """The same for a workbook."""
    first = next(read_xlsx(path, ()), None)
    names = first.values if isinstance(first, Record) else ()
    has_header = columns[0] in names or columns[0] == "image" and FILE_NAME in names
    return read_xlsx(path, () if has_header else columns, None if has_header else False)


def _first_fields(path: Path, encoding: str, separator: str | None = None) -> list[str]:
    first = next(text_lines(path, encoding), (1, ""))[1]
    ends = "[,;\t|]" if separator is None else re.escape(separator)
    fields = re.split(ends, "" if isinstance(first, DataError) else first)
    return [field.strip().strip('"') for field in fields]


def tables() -> dict[str, Reader]:
    """Returns file ending to reader for tables of captions."""
    own = {"csv": _read_table(read_csv), "tsv": _read_table(read_tsv)}
    own["xlsx"] = _read_sheet
    first = dict.fromkeys(("jsonl", "csv", "tsv", "parquet"))
    return {ending: own.get(ending) or readers[ending] for ending in [*first, *readers]}


FORMATS: dict[str, Reader] = {"coco": read_coco, "flickr": read_flickr}


def placed(read: Reader, image_dir: Path | None) -> Reader:
    """The same reader, with the folder that the paths of images are relative to.

    Without `image_dir` that is the first of `_folders` that has the first image.
    """

    @functools.wraps(read)
    def read_placed(path: Path, columns: Sequence[str], **options: Any) -> Records:
        folder = image_dir
        for record in read(path, columns, **options):
            if isinstance(record, DataError):
                yield record
                continue
            column = image_column(record.values, columns[0])
            value = record.values.get(column)
            if isinstance(value, str):
                if folder is None:
                    folders = list(_folders(Path(path)))
                    there = (one for one in folders if (one / value).is_file())
                    folder = next(there, folders[0])
                values = record.values | {column: ImagePath(value, folder)}
                record = record._replace(values=values)
            yield record

    return read_placed


def image_column(values: Mapping[str, Any], column: str) -> str:
    """The column of images: `file_name` is the other name of the default one."""
    return FILE_NAME if column == "image" and column not in values else column


def _folders(path: Path) -> Iterator[Path]:
    """Where the images of a file of captions may be."""
    stem, _ = split_ending(path)
    yield path.parent
    yield from (path.parent / name for name in _IMAGES)
    split = stem.removeprefix("captions_")  # COCO: annotations/captions_train2017.json
    for parent in (path.parent, path.parent.parent):
        yield from (parent / split, parent / "images" / split)
    yield from (path.parent.parent / name for name in _IMAGES)
    yield path.parent.parent


def coco_split(path: Path) -> str | None:
    """The split that a file of COCO is named after ("captions_train2017.json")."""
    name = _YEAR.sub("", split_ending(path)[0].removeprefix("captions_"))
    return split_name(name) or split_at_end(name)


def first_folder(name: str) -> str | None:
    """The split that the first folder of a relative path is named after."""
    parts = Path(os.path.normpath(name)).parts
    return split_name(parts[0]) if len(parts) > 1 else None
