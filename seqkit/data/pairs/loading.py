"""Sentence pairs from any dataset."""

import json
from functools import partial
from typing import Any

import datasets

from seqkit.data.annotations import FilePath, Sample
from seqkit.data.sources.files import Layout, Parallel
from seqkit.data.sources.lines import Record, as_target, brief, text_of
from seqkit.data.sources.loader import Loader
from seqkit.data.sources.missing_splits import MissingSplits
from seqkit.data.sources.readers import read_parallel, readers_for
from seqkit.data.sources.splits import Splits
from seqkit.data.sources.tables import read_tsv
from seqkit.errors import DataError

_TEXT = datasets.Value("string")
_FEATURES = {"source": _TEXT, "target": _TEXT}


def load_pairs(
    dataset: Any,
    *,
    source: str,
    target: str,
    references: str | None = None,
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
    """Loads sentence pairs from any dataset that `seqkit.data` describes.

    Files are `train.tsv` (or `.txt`), `.csv`, `.jsonl`, …, or parallel files
    `train.SOURCE` and `train.TARGET`, which have the common stem `train`. TSV and CSV
    have a header with the column names, or no header and exactly two columns, the
    source first. TSV knows no quotes; CSV does. JSON, parquet and hub rows may hold
    `{"translation": {source: …, target: …}}` instead of two columns. In lists, a row is
    a tuple (source, target) or a dictionary.

    A pair is bad if one side is empty, only spaces, no string or no valid Unicode.

    Args:
        dataset: See `seqkit.data`.
        source: Column name, translation key or file ending of the source.
        target: The same for the target.
        references: If given, the name of a column that may be there: a list of right
            targets of the row, or JSON text with one, against which results are
            scored. Without it a row has its target alone.
        separator, header, encoding, name, sample, on_error: See `seqkit.data`.
        validation_fraction, test_fraction, seed: See there. No source text is in both
            train and a split that is held out.
        cache_dir: See there.

    Returns:
        `Splits` with the string columns "source" and "target", and with `references`
        also "references", lists of strings.

    Raises:
        DataError: A bad row or argument.

    >>> from seqkit.data import load_pairs
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
    loader = Loader(dataset, encoding, name, sample, on_error, cache_dir)
    missing = MissingSplits(validation_fraction, test_fraction, seed, cache_dir)
    columns = source, target
    parallel = Parallel(columns, partial(read_parallel, encoding=loader.encoding))
    readers = readers_for(loader.encoding, {"txt": read_tsv}, separator, header)
    check = partial(_check, source=source, target=target)
    features, key = _FEATURES, ["pairs", source, target, separator, header]
    if references is not None:
        check = partial(_with_references, check=check, column=references)
        features, key = (
            features | {"references": datasets.List(_TEXT)},
            [*key, references],
        )
    splits = loader.load(
        loader.find(Layout(columns, readers, parallel=parallel)),
        check,
        features,
        key=key,
    )
    return missing.add_to(splits, "source")


def _check(record, note, source, target):
    """Returns the pair in a record, or raises `DataError`."""
    values = record.values
    if source not in values and isinstance(values.get("translation"), dict):
        note(f"{source!r} and {target!r} taken from the column 'translation'")
        values = values["translation"]
    row = {"source": _text(record, values, source)}
    with as_target(values.get(target)):
        return row | {"target": _text(record, values, target)}


def _with_references(record, note, check, column):
    """The pair, and all its right targets."""
    row, found = check(record, note), record.values.get(column)
    if isinstance(found, str) and found.lstrip().startswith("["):
        try:
            found = json.loads(found)
        except ValueError as error:
            expected = f"a JSON list in column {column!r}"
            raise record.error(expected, brief(found)) from error
    if found is None or isinstance(found, str) and not found.strip():
        return row | {"references": [row["target"]]}
    several = isinstance(found, list | tuple) or hasattr(found, "tolist")
    texts = list(found) if several else [found]
    for text in texts:
        if not isinstance(text, str):
            raise record.error(f"texts in column {column!r}", brief(text))
        text_of(record, {column: text}, column)
    texts = [text for text in texts if text.strip()]
    return row | {"references": texts or [row["target"]]}


def _text(record: Record, values: dict[str, Any], column: str) -> str:
    fix = "Give source= and target= as the data names them"
    text = text_of(record, values, column, fix)
    if not text.strip():
        raise record.error(f"text in column {column!r}", brief(text))
    return text
