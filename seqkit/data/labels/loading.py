"""Texts with labels from any dataset."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import datasets

from seqkit.data.annotations import Column, FilePath, Sample
from seqkit.data.labels.likely_mistakes import check_columns, printed_list
from seqkit.data.labels.parts import formats, labelled_parts
from seqkit.data.labels.values import FIX, labels_of
from seqkit.data.sources.lines import brief, listed, text_of
from seqkit.data.sources.loader import Loader
from seqkit.data.sources.missing_splits import MissingSplits
from seqkit.data.sources.splits import Splits
from seqkit.errors import DataError

_TEXT = datasets.Value("string")
_FEATURES = {"text": _TEXT, "labels": datasets.Sequence(_TEXT)}


def load_labelled(
    dataset: Any,
    *,
    text: Column = "text",
    label: Column | Sequence[str] = "label",
    label_separator: str | None = None,
    format: str | None = None,
    separator: str | None = None,
    header: bool | None = None,
    encoding: str = "utf-8",
    name: str | None = None,
    sample: Sample | None = None,
    on_error: str = "raise",
    validation_fraction: float | None = None,
    test_fraction: float = 0.0,
    seed: int = 0,
    cache_dir: FilePath | None = None,
) -> Splits:
    """Loads texts with labels from any dataset that `seqkit.data` describes.

    Its files are

    | files | split |
    |---|---|
    | `train.tsv` (or `.txt`), `.csv`, `.jsonl`, `.json` … | by file name |
    | `train.TEXT` and `train.LABEL`, line by line | by file name |
    | `train/CLASS/*.txt`, `test/CLASS/*.txt` … | by folder name |
    | `CLASS/*.txt`, two classes or more | train |
    | `rt-polarity.CLASS`, two classes or more, each line a text | train |

    TSV and CSV have a header with the column names, or no header and exactly two
    columns, the text first; columns given by number, counted from 0, are those of a
    file without a header. TSV knows no quotes; CSV does. In lists, a row is a tuple
    (text, label) or a dictionary.

    With `format` files are read in this format whatever they end in, and the split may
    be anywhere in their names, as in `stsa.binary.train`. `"label_lines"` are lines of
    a label, a space and the text, or of fastText, `__label__a __label__b text`; those
    of fastText are recognized in `.txt` files. With it, files that end as tables are
    still read as such, so that each split may have its own format.

    A file in a class folder is one text. A folder `unsup` beside the others is no
    class: it holds texts without labels, which are counted as left out. So is a split
    whose labels are all the number -1 if those of another split are not: this is how
    the hub hides labels.

    A label is a string without its surrounding spaces; whole numbers, `true` and
    `false` become text, and classes of `datasets` their names. **One label per text**
    is the rule. **Several or none** come from a list in JSON, parquet or `datasets`;
    from a string with `label_separator`, an empty one meaning none; and from several
    columns of 0 and 1, whose names are the labels.

    A row is bad if its text is empty, only spaces, no string or no valid Unicode, or if
    its label is empty, missing or none of the above.

    Args:
        dataset: See `seqkit.data`.
        text: Column of the text, by name or number, or ending of its file.
        label: The same for the label; or a list of names of columns that hold 0 or 1.
        label_separator: What separates the labels of a text, such as `"|"`.
        format: `"label_lines"`, or one of `readers`, such as `"csv"`, if the endings of
            the files do not say what they are.
        separator, header, encoding, name, sample, on_error: See `seqkit.data`.
        validation_fraction, test_fraction, seed, cache_dir: See there.

    Returns:
        `Splits` with the columns "text", a string, and "labels", a list of strings,
        which has one element if texts have one label.

    Raises:
        DataError: A bad row or argument.

    >>> from seqkit.data import load_labelled
    >>> rows = [("what a film", 1), ("never again", 0), ("dull", None)]
    >>> splits = load_labelled({"test": rows}, on_error="skip")
    >>> splits["test"][1]
    {'text': 'never again', 'labels': ['0']}
    >>> print(splits.summary())
    dict: test 2
    test: 1 left out, first
      dict, split test, row 2: expected a label in column 'label', found None
    """
    loader = Loader(dataset, encoding, name, sample, on_error, cache_dir)
    missing = MissingSplits(validation_fraction, test_fraction, seed, cache_dir)
    if loader.is_sample:
        text, label, label_separator, format = "text", "label", None, None
    columns = (text, label) if isinstance(label, str | int) else (text, *label)
    label = label if isinstance(label, str | int) else list(label)
    _check_arguments(columns, label, label_separator, format)
    found, left_out = labelled_parts(loader, columns, format, separator, header)
    splits = loader.load(
        found,
        partial(_check, text=text, label=label, separator=label_separator),
        _FEATURES,
        key=["labelled", text, label, label_separator, format, separator, header],
        left_out=left_out,
    )
    if isinstance(label, str | int):
        check_columns(splits, text, label)
    return missing.add_to(splits, "text", labels=["labels"])


def _check_arguments(columns, label, separator, format):
    for column in columns:
        is_number = isinstance(column, int) and not isinstance(column, bool)
        if not isinstance(column, str) and not (is_number and column >= 0):
            expected = "columns by name, or by number from 0 on"
            raise DataError(expected, repr(column), where="text, label")
    if isinstance(label, list) and not all(isinstance(one, str) for one in label):
        expected = "names of columns, which are the labels"
        raise DataError(expected, listed(label), where="label")
    if len(columns) < 2 or len(set(columns)) < len(columns):
        raise DataError("different columns", listed(columns), where="text, label")
    if format is not None and format not in formats():
        expected = f"{', '.join(formats())} or None"
        raise DataError(expected, repr(format), where="format")
    if format == "label_lines" and isinstance(label, list):
        expected = "one column of labels with format='label_lines'"
        raise DataError(expected, repr(label), where="label")
    if separator is not None and (not separator or isinstance(label, list)):
        found = f"{separator!r} with label={label!r}"
        raise DataError("a separator of the labels in one column", found)


def _check(record, note, text, label, separator):
    """Returns the row in a record, or raises `DataError`."""
    found = text_of(record, record.values, text, FIX)
    if not found.strip():
        raise record.error(f"text in column {text!r}", brief(found))
    if not isinstance(label, list) and isinstance(record.values.get(label), list):
        note(f"several labels per text, since column {label!r} holds lists")
    if not isinstance(label, list):
        if warning := printed_list(record.values.get(label), separator):
            note(warning)
    return {"text": found, "labels": labels_of(record, label, separator)}
