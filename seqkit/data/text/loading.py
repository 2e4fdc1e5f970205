"""Texts from any dataset: one continuous stream of rows, or documents."""

from functools import partial
from typing import Any

import datasets

from seqkit.data.annotations import FilePath, Sample
from seqkit.data.sources.files import Layout
from seqkit.data.sources.lines import text_of
from seqkit.data.sources.loader import Loader
from seqkit.data.sources.missing_splits import MissingSplits
from seqkit.data.sources.readers import read_document, read_text, readers_for
from seqkit.data.sources.splits import Splits

_PLAIN = ("txt", "text", "raw", "tokens")  # the last two are WikiText's


def load_texts(
    dataset: Any,
    *,
    column: str = "text",
    separator: str | None = None,
    encoding: str = "utf-8",
    name: str | None = None,
    sample: Sample | None = None,
    on_error: str = "raise",
    validation_fraction: float | None = None,
    test_fraction: float = 0.0,
    documents: bool = False,
    seed: int = 0,
    cache_dir: FilePath | None = None,
) -> Splits:
    """Loads text from any dataset that `seqkit.data` describes.

    Files are plain text, `train.txt`, `.text`, `.raw` or `.tokens`, or `train.tsv`,
    `.csv`, `.jsonl`, …. TSV and CSV have a header with the column name, or
    no header and only one column. In lists, a row is a string or a dictionary.

    **As a stream** a split is one text: its rows, each ended by a line feed. A line of
    a plain text file is a row without its line end (LF or CR LF), and other rows lose
    one line end if they have one, so that it does not matter whether they do. Empty
    rows are empty lines. So the text is that of the file, except that CR LF becomes LF
    and that the last line gets a line end if it had none. The rows held out are the
    last ones, cut at the nearest end of a row.

    **As documents** each row is a text of its own, kept as it is: a line of a plain
    text file, or the whole file if a folder is the split. The rows held out are random.

    A row is bad if it is no string or no valid Unicode.

    Args:
        dataset: See `seqkit.data`.
        column: Column name of the text.
        separator, encoding, name, sample, on_error: See `seqkit.data`.
        validation_fraction, test_fraction: See there. For a stream, a fraction below 1
            counts characters, and there is no limit to the rows held out.
        documents: Whether the rows are documents.
        seed, cache_dir: See there.

    Returns:
        `Splits` with the string column "text".

    Raises:
        DataError: A bad row or argument.

    >>> from seqkit.data import load_texts
    >>> splits = load_texts(["one", "", "two", "three"], validation_fraction=0.4)
    >>> print(splits.summary())
    list: train 3, validation 1
    validation: 1 row held out of train
    >>> splits["validation"][0]
    {'text': 'three'}
    """
    loader = Loader(dataset, encoding, name, sample, on_error, cache_dir)
    missing = MissingSplits(validation_fraction, test_fraction, seed, cache_dir)
    files, trees = (
        readers_for(loader.encoding, dict.fromkeys(_PLAIN, read), separator)
        for read in (read_text, read_document if documents else read_text)
    )
    splits = loader.load(
        loader.find(Layout((column,), files, trees)),
        partial(_check, column=column, documents=documents),
        {"text": datasets.Value("string")},
        key=["texts", column, documents, separator],
    )
    return missing.add_to(splits, "text", at_end=not documents)


def _check(record, _, column, documents):
    """Returns the text in a record, or raises `DataError`."""
    text = text_of(record, record.values, column, "Give column= as the data names it")
    if not documents:
        text = text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")
    return {"text": text}
