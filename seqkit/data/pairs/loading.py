"""Sentence pairs from any dataset."""

from dataclasses import replace
from functools import partial

import datasets

from seqkit.data.sources.arrow import load_splits
from seqkit.data.sources.encodings import codec_name
from seqkit.data.sources.files import Parallel
from seqkit.data.sources.holdout import hold_out
from seqkit.data.sources.lines import brief, text_of
from seqkit.data.sources.parts import find_parts
from seqkit.data.sources.readers import READERS, in_encoding, read_parallel
from seqkit.data.sources.tables import read_tsv
from seqkit.errors import DataError

_FEATURES = datasets.Features(
    {"source": datasets.Value("string"), "target": datasets.Value("string")}
)
_READERS = {**READERS, "txt": read_tsv}


def load_pairs(
    dataset,
    *,
    source,
    target,
    encoding="utf-8",
    name=None,
    sample=None,
    on_error="raise",
    validation_fraction=0.05,
    seed=0,
    cache_dir=None,
):
    """Loads sentence pairs from whatever a dataset may be.

    | dataset | splits |
    |---|---|
    | `"owner/name"` of the hub, its configuration in `name` | as it names them |
    | a folder with `train.SOURCE` and `train.TARGET`, `val.SOURCE` … | by file name |
    | a folder with `train.tsv`, `.csv`, `.jsonl` or `.parquet` … | by file name |
    | a folder written by `save_to_disk` | as it names them |
    | one such file, or `"dir/train"` for two parallel files | train, or by file name |
    | `datasets.DatasetDict`, `IterableDatasetDict`, `{split: any one split}` | by key |
    | `datasets.Dataset`, `IterableDataset`, a list of tuples or dictionaries | train |
    | `None` | those of `sample()` |

    Splits are named train, validation (in files also val, valid, dev) and test;
    others keep their names, files only as `test_*`. Text files may end in `.gz` too.
    A file or `Dataset` named as a test split is never taken for train. TSV (or `.txt`)
    and CSV have a header with the column names, or no header and exactly two columns,
    the source first. TSV knows no quotes; CSV does. JSON, parquet and hub rows may
    hold `{"translation": {source: …, target: …}}` instead of two columns.

    Text is kept as it stands in the file, its surrounding spaces too. A pair is bad
    when one side is empty, only spaces, no string or no valid Unicode.

    Args:
        dataset: See above.
        source: Column name, translation key or file ending of the source.
        target: The same for the target.
        encoding: Encoding of text files, any that Python knows.
        name: Configuration of a hub dataset, such as "de-en" of "wmt/wmt16".
        sample: Called without arguments where `dataset` is `None`; returns a
            dictionary from split name to a list of (source, target).
        on_error: "raise" stops at the first bad pair, "skip" leaves bad pairs out and
            counts them. Parallel files of unequal length are always an error.
        validation_fraction: Without a validation split, the fraction of train (below
            1, at most 3,000 pairs) or number of pairs (from 1 on) that becomes one.
            No source text is then on both sides. 0 makes none.
        seed: Which pairs are held out.
        cache_dir: Folder for the Arrow files, by default inside that of `datasets`.
            What is stored there is used again only while files hold the same bytes.

    Returns:
        `Splits`, a mapping from split name to a memory-mapped `datasets.Dataset` with
        the string columns "source" and "target". `skipped`, `messages` and
        `summary()` tell what was left out.

    Raises:
        DataError: Names file and line or row, what was expected, what was found.

    >>> from seqkit.data.pairs.loading import load_pairs
    >>> pairs = [("a dog", "ein Hund"), ("a cat", "eine Katze"), ("a", "")]
    >>> splits = load_pairs({"test": pairs}, source="en", target="de", on_error="skip")
    >>> splits["test"][1]
    {'source': 'a cat', 'target': 'eine Katze'}
    >>> print(splits.summary())
    dict: test 2
    test: 1 left out, first
      dict, split test, row 2: expected text in column 'de', found ''
    """
    if source == target:
        raise DataError("two different columns", f"source and target {source!r}")
    if validation_fraction < 0:
        raise DataError("validation_fraction from 0 on", validation_fraction)
    if dataset is None:
        if sample is None:
            raise DataError("a dataset", "None", fix="There is no sample for it")
        dataset = sample()
    columns = source, target
    origin, parts = find_parts(
        dataset,
        columns,
        name=name,
        readers=in_encoding(_READERS, encoding),
        parallel=Parallel(columns, partial(read_parallel, encoding=encoding)),
    )
    splits = load_splits(
        parts,
        partial(_check, source=source, target=target),
        _FEATURES,
        origin=origin,
        recipe=["pairs", source, target, codec_name(encoding)],
        on_error=on_error,
        cache_dir=cache_dir,
    )
    if "train" not in splits or "validation" in splits or not validation_fraction:
        return splits
    train, validation = hold_out(
        splits["train"],
        "source",
        fraction=validation_fraction,
        seed=seed,
        cache_dir=cache_dir,
    )
    made = {"train": train, "validation": validation}
    made |= {name: split for name, split in splits.items() if name != "train"}
    return replace(splits, splits=made, held_out=len(validation))


def _check(record, source, target):
    """Returns the pair in a record, or raises the `DataError` that tells its fault."""
    values = record.values
    if source not in values and isinstance(values.get("translation"), dict):
        values = values["translation"]
    return {
        "source": _text(record, values, source),
        "target": _text(record, values, target),
    }


def _text(record, values, column):
    fix = "Give source= and target= as the data names them"
    text = text_of(record, values, column, fix)
    if not text.strip():
        raise record.error(f"text in column {column!r}", brief(text))
    return text
