"""Texts from any dataset: one continuous stream of rows, or documents."""

from dataclasses import replace
from functools import partial

import datasets

from seqkit.data.sources.arrow import load_splits
from seqkit.data.sources.encodings import codec_name
from seqkit.data.sources.holdout import hold_out, hold_out_end
from seqkit.data.sources.lines import text_of
from seqkit.data.sources.parts import find_parts
from seqkit.data.sources.readers import READERS, in_encoding, read_document, read_text
from seqkit.errors import DataError

_FEATURES = datasets.Features({"text": datasets.Value("string")})
_PLAIN = ("txt", "text", "raw", "tokens")  # the last two are WikiText's
_READERS = READERS | dict.fromkeys(_PLAIN, read_text)
_DOCUMENT_READERS = READERS | dict.fromkeys(_PLAIN, read_document)


def load_texts(
    dataset,
    *,
    column="text",
    encoding="utf-8",
    name=None,
    sample=None,
    on_error="raise",
    validation_fraction=0.05,
    test_fraction=0.0,
    documents=False,
    seed=0,
    cache_dir=None,
):
    """Loads text from whatever a dataset may be.

    | dataset | splits |
    |---|---|
    | `"owner/name"` of the hub, its configuration in `name` | as it names them |
    | a folder with `train.txt`, `valid.txt` …, or `ptb.train.txt` … | by file name |
    | a folder with `train.tsv`, `.csv`, `.jsonl` or `.parquet` … | by file name |
    | a folder with folders `train/`, `valid/` … of such files | by folder name |
    | a folder written by `save_to_disk` | as it names them |
    | one such file | train, or by file name |
    | `datasets.DatasetDict`, `IterableDatasetDict`, `{split: any one split}` | by key |
    | `datasets.Dataset`, `IterableDataset`, a list of strings or dictionaries | train |
    | `None` | those of `sample()` |

    Splits are named train, validation (in files also val, valid, dev) and test;
    others keep their names, files only as `test_*`. Files may end in `.gz` too. A file
    or `Dataset` named as a test split is never taken for train. Plain text ends in
    `.txt`, `.text`, `.raw` or `.tokens`; TSV and CSV have a header with the column
    name, or no header and one column alone.

    **As a stream** a split is one text: its rows, each ended by a line feed. A line of
    a plain text file is a row without its line end (LF or CR LF), and a row from
    elsewhere loses one line end too if it has one, so that rows with and without them
    come to the same. Empty rows are empty lines. So the text is that of the file, but
    that CR LF becomes LF and that the last line gets a line end if it had none.
    Without a validation split the last `validation_fraction` of train's characters
    becomes one, and before that is taken the last `test_fraction` becomes test; both
    are cut at the row end that is nearest.

    **As documents** each row is a text of its own, kept as it stands: a line of a plain
    text file, or the whole file where a folder is the split. Without a validation split
    random rows are held out, such that no text is on both sides.

    A row is bad when it is no string or no valid Unicode.

    Args:
        dataset: See above.
        column: Column name of the text.
        encoding: Encoding of text files, any that Python knows.
        name: Configuration of a hub dataset, such as "wikitext-2-raw-v1" of
            "Salesforce/wikitext".
        sample: Called without arguments where `dataset` is `None`; returns a
            dictionary from split name to a list of strings.
        on_error: "raise" stops at the first bad row, "skip" leaves bad rows out and
            counts them.
        validation_fraction: Without a validation split, the fraction of train (below
            1; of characters, or of documents and then at most 3,000) or number of rows
            (from 1 on) that becomes one. 0 makes none.
        test_fraction: The same for a test split, by default 0.
        documents: Whether the rows are documents.
        seed: Which documents are held out.
        cache_dir: Folder for the Arrow files, by default inside that of `datasets`.
            What is stored there is used again only while files hold the same bytes.

    Returns:
        `Splits`, a mapping from split name to a memory-mapped `datasets.Dataset` with
        the string column "text". `skipped`, `messages` and `summary()` tell what was
        left out.

    Raises:
        DataError: Names file and line or row, what was expected, what was found.

    >>> from seqkit.data.text.loading import load_texts
    >>> splits = load_texts(["one", "", "two", "three"], validation_fraction=0.4)
    >>> print(splits.summary())
    list: train 3, validation 1
    validation: 1 rows held out from train
    >>> splits["validation"][0]
    {'text': 'three'}
    """
    _check_fractions(validation_fraction, test_fraction)
    if dataset is None:
        if sample is None:
            raise DataError("a dataset", "None", fix="There is no sample for it")
        dataset = sample()
    tree_readers = _DOCUMENT_READERS if documents else _READERS
    origin, parts = find_parts(
        dataset,
        (column,),
        name=name,
        readers=in_encoding(_READERS, encoding),
        tree_readers=in_encoding(tree_readers, encoding),
    )
    splits = load_splits(
        parts,
        partial(_check, column=column, documents=documents),
        _FEATURES,
        origin=origin,
        recipe=["texts", column, documents, codec_name(encoding)],
        on_error=on_error,
        cache_dir=cache_dir,
    )
    if "train" not in splits:
        return splits
    hold = partial(hold_out, seed=seed) if documents else hold_out_end
    made, rest = {}, splits["train"]
    if test_fraction and not any(name.lower().startswith("test") for name in splits):
        rest, made["test"] = hold(
            rest, "text", fraction=test_fraction, cache_dir=cache_dir
        )
    if validation_fraction and "validation" not in splits:
        fraction = validation_fraction
        if fraction < 1 and test_fraction < 1:  # of what train was before
            fraction /= 1 - len(made) * test_fraction
        rest, made["validation"] = hold(
            rest, "text", fraction=fraction, cache_dir=cache_dir
        )
    found = dict(splits) | made | {"train": rest}
    first = ("train", "validation")
    order = sorted(found, key=lambda name: (name not in first, name))
    return replace(
        splits,
        splits={name: found[name] for name in order},
        held_out=len(made.get("validation", ())),
        held_out_test=len(made.get("test", ())),
    )


def _check_fractions(validation, test):
    for name, value in {
        "validation_fraction": validation,
        "test_fraction": test,
    }.items():
        if value < 0:
            raise DataError(f"{name} from 0 on", value)
    if max(validation, test) < 1 <= validation + test:
        found = f"{validation} and {test}"
        raise DataError("validation_fraction + test_fraction below 1", found)


def _check(record, column, documents):
    """Returns the text in a record, or raises the `DataError` that tells its fault."""
    fix = "Give column= as the data names it"
    text = text_of(record, record.values, column, fix)
    if not documents:
        text = text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")
    return {"text": text}
