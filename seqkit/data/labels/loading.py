"""Texts with labels from any dataset."""

from dataclasses import replace
from functools import partial

import datasets

from seqkit.data.labels.parts import FORMATS, labelled_parts
from seqkit.data.labels.values import FIX, labels_of
from seqkit.data.sources.arrow import load_splits
from seqkit.data.sources.encodings import codec_name
from seqkit.data.sources.holdout import hold_out
from seqkit.data.sources.lines import brief, text_of
from seqkit.errors import DataError

_FEATURES = datasets.Features(
    {
        "text": datasets.Value("string"),
        "labels": datasets.Sequence(datasets.Value("string")),
    }
)


def load_labelled(
    dataset,
    *,
    text="text",
    label="label",
    label_separator=None,
    format=None,
    encoding="utf-8",
    name=None,
    sample=None,
    on_error="raise",
    validation_fraction=0.05,
    seed=0,
    cache_dir=None,
):
    """Loads texts with labels from whatever a dataset may be.

    | dataset | splits |
    |---|---|
    | `"owner/name"` of the hub, its configuration in `name` | as it names them |
    | a folder with `train.tsv`, `.csv`, `.jsonl` or `.parquet` … | by file name |
    | a folder with `train.TEXT` and `train.LABEL`, line by line | by file name |
    | a folder with `train/CLASS/*.txt`, `test/CLASS/*.txt` … | by folder name |
    | a folder with `CLASS/*.txt`, two classes or more | train |
    | a folder written by `save_to_disk` | as it names them |
    | one file | train, or by file name |
    | `datasets.DatasetDict`, `IterableDatasetDict`, `{split: any one split}` | by key |
    | `datasets.Dataset`, `IterableDataset`, a list of tuples or dictionaries | train |
    | `None` | those of `sample()` |

    Splits are named train, validation (in files also val, valid, dev) and test; others
    keep their names, files only as `test_*`. Text files may end in `.gz` too. A file or
    `Dataset` named as a test split is never taken for train. TSV (or `.txt`) and CSV
    have a header with the column names, or no header and exactly two columns, the text
    first; columns given by number, counted from 0, are of a file without a header. TSV
    knows no quotes; CSV does. A tuple is (text, label).

    With `format` files are read so whatever they end in, and the split may stand
    anywhere in their names, as in `stsa.binary.train`. `"label_lines"` are lines of a
    label, a space and the text, or of fastText, `__label__a __label__b text`; those of
    fastText are known in `.txt` files without being told. Files that end as tables do
    are read as such beside them, so that each split may be of its own form.

    A file in a class folder is one text. A folder `unsup` beside the others is no
    class: it holds texts without labels, and is counted as left out. So is a split
    whose labels are all the number -1 where another's are not: the hub hides labels so.

    A label is a string; surrounding spaces are no part of it, whole numbers and `true`
    and `false` become text, and the classes of `datasets` their names. **One label a
    text** is the rule. **Several or none** come from a list in JSON, parquet or
    `datasets`; from a string with `label_separator`, where an empty one means none; and
    from several columns of 0 and 1, whose names are the labels.

    Text is kept as it stands in the file, its surrounding spaces too. A row is bad when
    its text is empty, only spaces, no string or no valid Unicode, or when its label is
    empty, missing or none of the above.

    Args:
        dataset: See above.
        text: Column of the text, by name or number, or ending of its file.
        label: The same for the label; or a list of names of columns that hold 0 or 1.
        label_separator: What stands between the labels of a text, such as `"|"`.
        format: `"tsv"`, `"csv"`, `"jsonl"`, `"parquet"` or `"label_lines"`, what files
            are where their endings do not tell.
        encoding: Encoding of text files, any that Python knows.
        name: Configuration of a hub dataset.
        sample: Called without arguments where `dataset` is `None`; returns a
            dictionary from split name to a list of (text, label).
        on_error: "raise" stops at the first bad row, "skip" leaves bad rows out and
            counts them. Parallel files of unequal length are always an error.
        validation_fraction: Without a validation split, the fraction of train (below
            1, at most 3,000 rows) or number of rows (from 1 on) that becomes one. No
            text is then on both sides. 0 makes none.
        seed: Which rows are held out.
        cache_dir: Folder for the Arrow files, by default inside that of `datasets`.
            What is stored there is used again only while files hold the same bytes.

    Returns:
        `Splits`, a mapping from split name to a memory-mapped `datasets.Dataset` with
        the columns "text", a string, and "labels", a list of strings, of one where
        texts have one. `skipped`, `messages` and `summary()` tell what was left out.

    Raises:
        DataError: Names file and line or row, what was expected, what was found.

    >>> from seqkit.data.labels.loading import load_labelled
    >>> rows = [("what a film", 1), ("never again", 0), ("dull", None)]
    >>> splits = load_labelled({"test": rows}, on_error="skip")
    >>> splits["test"][1]
    {'text': 'never again', 'labels': ['0']}
    >>> print(splits.summary())
    dict: test 2
    test: 1 left out, first
      dict, split test, row 2: expected a label in column 'label', found None
    """
    if dataset is None:
        if sample is None:
            raise DataError("a dataset", "None", fix="There is no sample for it")
        dataset, text, label = sample(), "text", "label"
        label_separator = format = None
    label = list(label) if isinstance(label, list | tuple) else label
    columns = _columns(text, label)
    _check_arguments(columns, label, label_separator, format, validation_fraction)
    encoding = codec_name(encoding)
    origin, parts, left_out = labelled_parts(
        dataset, columns, name=name, format=format, encoding=encoding
    )
    splits = load_splits(
        parts,
        partial(_check, text=text, label=label, separator=label_separator),
        _FEATURES,
        origin=origin,
        recipe=["labelled", text, label, label_separator, format, encoding],
        on_error=on_error,
        cache_dir=cache_dir,
    )
    splits = _noted(splits, left_out)
    if "train" not in splits or "validation" in splits or not validation_fraction:
        return splits
    train, validation = hold_out(
        splits["train"],
        "text",
        fraction=validation_fraction,
        seed=seed,
        cache_dir=cache_dir,
    )
    made = {"train": train, "validation": validation}
    made |= {name: split for name, split in splits.items() if name != "train"}
    return replace(splits, splits=made, held_out=len(validation))


def _columns(text, label):
    return (text, *label) if isinstance(label, list) else (text, label)


def _check_arguments(columns, label, separator, format, fraction):
    for column in columns:
        is_number = isinstance(column, int) and not isinstance(column, bool)
        if not isinstance(column, str) and not (is_number and column >= 0):
            expected = "columns by name, or by number from 0 on"
            raise DataError(expected, repr(column), where="text, label")
    if isinstance(label, list) and not all(isinstance(one, str) for one in label):
        found = ", ".join(map(repr, label))
        raise DataError("names of columns, which are the labels", found, where="label")
    if len(columns) < 2 or len(set(columns)) < len(columns):
        found = ", ".join(map(repr, columns))
        raise DataError("different columns", found, where="text, label")
    if format is not None and format not in FORMATS:
        expected = f"{', '.join(FORMATS)} or None"
        raise DataError(expected, repr(format), where="format")
    if format == "label_lines" and isinstance(label, list):
        expected = "one column of labels with format='label_lines'"
        raise DataError(expected, repr(label), where="label")
    if separator is not None and (not separator or isinstance(label, list)):
        found = f"{separator!r} with label={label!r}"
        raise DataError("a separator of the labels in one column", found)
    if fraction < 0:
        raise DataError("validation_fraction from 0 on", fraction)


def _check(record, text, label, separator):
    """Returns the row in a record, or raises the `DataError` that tells its fault."""
    found = text_of(record, record.values, text, FIX)
    if not found.strip():
        raise record.error(f"text in column {text!r}", brief(found))
    return {"text": found, "labels": labels_of(record, label, separator)}


def _noted(splits, left_out):
    """Adds what was left out as a whole to what was left out row by row."""
    skipped, messages = dict(splits.skipped), dict(splits.messages)
    for split, (count, message) in left_out.items():
        skipped[split] = skipped.get(split, 0) + count
        messages[split] = [message, *messages.get(split, [])]
    return replace(splits, skipped=skipped, messages=messages)
