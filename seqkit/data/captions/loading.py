"""Images with their captions, from any dataset."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import datasets

from seqkit.data.captions.parts import find_captions
from seqkit.data.captions.rows import grouped
from seqkit.data.sources.arrow import load_splits
from seqkit.data.sources.holdout import hold_out
from seqkit.errors import DataError

_TEXT = datasets.Value("string")
_FEATURES = datasets.Features(
    {"image": _TEXT, "captions": datasets.List(_TEXT), "name": _TEXT}
)


def load_captions(
    dataset,
    *,
    image="image",
    caption="caption",
    image_dir=None,
    format=None,
    encoding="utf-8",
    name=None,
    sample=None,
    on_error="raise",
    validation_fraction=0.05,
    test_fraction=0.0,
    seed=0,
    cache_dir=None,
):
    """Loads images and their captions from whatever a dataset may be.

    | dataset | splits |
    |---|---|
    | `"owner/name"` of the hub, its configuration in `name` | as it names them |
    | a folder with `train/`, `val/` … and `metadata.jsonl` in each | by folder |
    | a folder with `metadata.jsonl` itself | train, or by folder of the image |
    | a folder with `captions_train2017.json` …, or its `annotations/` | by file name |
    | a folder with `Flickr8k.token.txt` | train, or by `*trainImages.txt` … |
    | a folder with `train.csv`, `.tsv`, `.jsonl`, `.json`, `.parquet` | by file name |
    | a folder written by `save_to_disk` | as it names them |
    | one such file | train, or by file name |
    | `datasets.DatasetDict`, `IterableDatasetDict`, `{split: any one split}` | by key |
    | `datasets.Dataset`, `IterableDataset`, a list of `(image, captions)` | train |
    | `None` | those of `sample()` |

    Splits are named train, validation (in files also val, valid, dev) and test. Rows
    of one image are gathered, wherever they stand in a split. An image is

    - in a file a path, relative to that file's folder; or, where the first image is
      not there, to `images/` in it, to the folder that COCO's file is named after
      (`train2017/`) beside it, or to the same one folder further up;
    - in hub rows, `datasets` objects and lists bytes, a PIL image, an array or a path.
      What is no file yet is written into the cache, bytes as they are, under their
      hash.

    Captions are a string or a list of strings in the column `caption`, or strings in
    the columns `caption_0`, `caption_1` …. Where there is no column of the default
    names, `file_name` stands for "image" and "captions" or "text" for "caption". CSV
    and TSV have a header, or no header and two columns, the image first. COCO's files
    are those of its captions; a Flickr token file has lines `IMAGE.jpg#0<TAB>caption`.

    A row is bad when there is no such file or it is empty, or when there is no caption
    or an empty one. Whether a file can be decoded shows only when it is read:
    `RegionFeatures.make` and `ResizedImages.make` have an `on_error` of their own.

    Args:
        dataset: See above.
        image: Column of the images.
        caption: Column of the captions.
        image_dir: Folder that the paths of images are relative to.
        format: What files are, where their ending does not tell: "jsonl", "csv",
            "tsv", "parquet", "coco" or "flickr". By default `.json` is COCO's and
            `.txt` and `.token` are Flickr's.
        encoding: Encoding of text files.
        name: Configuration of a hub dataset.
        sample: Called without arguments where `dataset` is `None`; returns a
            dictionary from split name to a list of rows.
        on_error: "raise" stops at the first bad row, "skip" leaves bad rows out and
            counts them.
        validation_fraction: Without a validation split, the fraction of train (below
            1, at most 3,000 images) or number of images (from 1 on) that becomes one.
            Which ones goes by their path as the data give it, or by their bytes. 0
            makes none.
        test_fraction: Without a test split, the same of the validation split, which
            becomes test: what is set aside before anything is chosen by validation. By
            default 0.
        seed: Which images are held out.
        cache_dir: Folder for the Arrow files and for images that are no files, by
            default inside that of `datasets`.

    Returns:
        `Splits`, a mapping from split name to a memory-mapped `datasets.Dataset` with
        a row an image: "image", its absolute path, and "captions", a list of strings.
        `skipped`, `messages` and `summary()` tell what was left out.

    Raises:
        DataError: Names file and line or row, what was expected, what was found.

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
    for fraction, value in {
        "validation_fraction": validation_fraction,
        "test_fraction": test_fraction,
    }.items():
        if value < 0:
            raise DataError(f"{fraction} from 0 on", value)
    if image_dir is not None:
        image_dir = Path(image_dir).expanduser()
        if not image_dir.is_dir():
            raise DataError("a folder", "none", where=f"image_dir={str(image_dir)!r}")
    if dataset is None:
        if sample is None:
            raise DataError("a dataset", "None", fix="There is no sample for it")
        dataset = sample()
    columns = (image, caption)
    origin, parts = find_captions(
        dataset,
        columns,
        image_dir=image_dir,
        format=format,
        name=name,
        encoding=encoding,
    )
    parts = {
        split: grouped(part, columns, image_dir, cache_dir)
        for split, part in parts.items()
    }
    splits = load_splits(
        parts,
        lambda record: record.values,
        _FEATURES,
        origin=origin,
        recipe=["captions", *columns, str(image_dir)],
        on_error=on_error,
        cache_dir=cache_dir,
    )
    made, held_out, held_out_test = dict(splits), 0, 0
    hold = partial(hold_out, by="name", seed=seed, cache_dir=cache_dir, what="images")
    if "train" in made and "validation" not in made and validation_fraction:
        train, validation = hold(made["train"], fraction=validation_fraction)
        made = {"train": train, "validation": validation} | {
            name: split for name, split in made.items() if name != "train"
        }
        held_out = len(validation)
    if test_fraction and "validation" in made and "test" not in splits:
        made["validation"], made["test"] = hold(
            made["validation"], fraction=test_fraction, split="validation"
        )
        held_out_test = len(made["test"])
    made = {name: split.remove_columns("name") for name, split in made.items()}
    return replace(splits, splits=made, held_out=held_out, held_out_test=held_out_test)
