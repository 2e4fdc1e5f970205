"""Images with their captions, from any dataset."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import datasets

from seqkit.data.annotations import FilePath, Sample
from seqkit.data.captions.parts import find_captions
from seqkit.data.captions.rows import grouped
from seqkit.data.sources.loader import Loader
from seqkit.data.sources.missing_splits import MissingSplits
from seqkit.data.sources.splits import Splits
from seqkit.errors import DataError

_TEXT = datasets.Value("string")
_FEATURES = {"image": _TEXT, "captions": datasets.List(_TEXT), "name": _TEXT}


def load_captions(
    dataset: Any,
    *,
    image: str = "image",
    caption: str = "caption",
    image_dir: FilePath | None = None,
    format: str | None = None,
    separator: str | None = None,
    encoding: str = "utf-8",
    name: str | None = None,
    sample: Sample | None = None,
    on_error: str = "raise",
    validation_fraction: float | None = None,
    test_fraction: float = 0.0,
    seed: int = 0,
    cache_dir: FilePath | None = None,
) -> Splits:
    """Loads images and their captions from any dataset that `seqkit.data` describes.

    Its files are

    | files | split |
    |---|---|
    | `train/`, `val/` … with `metadata.jsonl` in each | by folder |
    | `metadata.jsonl` | by folder of the image, or train |
    | `captions_train2017.json` …, perhaps in `annotations/` | by file name |
    | `Flickr8k.token.txt` | by `*trainImages.txt` …, or train |
    | `captions.txt` (Flickr8k), `results.csv` (Flickr30k) | train |
    | `train.csv`, `.tsv`, `.jsonl`, `.json`, `.parquet` | by file name |

    In lists, a row is a tuple (image, captions) or a dictionary. Rows of one image are
    gathered, wherever they are in a split. An image is

    - in a file a path, relative to that file's folder; or, if the first image is not
      there, to `images/` in it, to the folder that COCO's file is named after
      (`train2017/`) beside it, or to the same one folder further up;
    - in hub rows, `datasets` objects and lists bytes, a PIL image, an array or a path.
      What is not a file yet is written into the cache, bytes as they are, under their
      hash.

    Captions are a string or a list of strings in the column `caption`, or strings in
    the columns `caption_0`, `caption_1` …. If there is no column with the default name,
    "file_name" is used for "image" and "captions" or "text" for "caption". CSV and TSV
    have a header, or no header and two columns, the image first. JSON is that of COCO's
    captions; a Flickr token file has lines `IMAGE.jpg#0<TAB>caption`.

    A row is bad if there is no such file or it is empty, or if there is no caption or
    an empty one. Whether a file can be decoded shows only when it is read:
    `RegionFeatures.make` and `ResizedImages.make` have an `on_error` of their own.

    Args:
        dataset: See `seqkit.data`.
        image: Column of the images.
        caption: Column of the captions.
        image_dir: Folder that the paths of images are relative to.
        format: What files are, if their ending does not say so: "jsonl", "csv", "tsv",
            "parquet", "coco", "flickr", or another one of `readers`. By default
            `.json` is COCO's and `.txt` and `.token` are Flickr's.
        separator, encoding, name, sample, on_error: See `seqkit.data`.
        validation_fraction: See there. Images are chosen by their path as the data give
            it, or by their bytes.
        test_fraction: Without a test split, the fraction or number of images of the
            validation split that becomes one, by default 0: it is set aside before
            anything is chosen by validation.
        seed, cache_dir: See `seqkit.data`. Images that are not files are stored there.

    Returns:
        `Splits` with one row per image: "image", its absolute path, and "captions", a
        list of strings.

    Raises:
        DataError: A bad row or argument.

    >>> import numpy as np, tempfile
    >>> from seqkit.data import load_captions
    >>> black, white = np.zeros([8, 8, 3], "uint8"), np.full([8, 8, 3], 255, "uint8")
    >>> rows = [(black, ["black", "dark"]), (white, "white"), (black, "night")]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     splits = load_captions({"test": rows}, cache_dir=folder)
    ...     splits["test"]["captions"][:]
    [['black', 'dark', 'night'], ['white']]
    """
    if image == caption:
        raise DataError("two different columns", f"image and caption {image!r}")
    folder = None if image_dir is None else Path(image_dir).expanduser()
    if folder is not None and not folder.is_dir():
        raise DataError("a folder", "none", where=f"image_dir={str(folder)!r}")
    loader = Loader(dataset, encoding, name, sample, on_error, cache_dir)
    missing = MissingSplits(validation_fraction, test_fraction, seed, cache_dir)
    columns = (image, caption)
    origin, parts = find_captions(loader, columns, folder, format, separator)
    splits = loader.load(
        (origin, {k: grouped(v, columns, folder, cache_dir) for k, v in parts.items()}),
        lambda record, _: record.values,
        _FEATURES,
        key=["captions", *columns, str(folder), separator],
    )
    splits = missing.add_to(splits, "name", what="images", test_of="validation")
    made = {name: split.remove_columns("name") for name, split in splits.items()}
    return replace(splits, splits=made)
