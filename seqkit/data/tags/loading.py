"""Sentences whose words have tags, from any dataset."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import datasets

from seqkit.data.sources.arrow import load_splits
from seqkit.data.sources.class_names import read_named_parquet
from seqkit.data.sources.conll import read_columns, read_conllu
from seqkit.data.sources.encodings import codec_name
from seqkit.data.sources.files import ANY, Parallel
from seqkit.data.sources.holdout import hold_out
from seqkit.data.sources.lines import brief, text_of
from seqkit.data.sources.parts import find_parts
from seqkit.data.sources.readers import read_jsonl, read_parallel
from seqkit.errors import DataError

_CONLL = ("conll", "conll03", "conllup", "iob", "iob2", "bio", "txt", "tsv")
_STRINGS = datasets.Sequence(datasets.Value("string"))
_FORMATS = ("conll", "conllu", "parallel", "jsonl", "parquet")


def load_tagged(
    dataset,
    *,
    tokens=None,
    tags=None,
    label=None,
    format=None,
    separator=None,
    encoding="utf-8",
    name=None,
    sample=None,
    on_error="raise",
    validation_fraction=0.05,
    seed=0,
    cache_dir=None,
):
    """Loads sentences with a tag for each word from whatever a dataset may be.

    | dataset | splits | `tokens`, `tags` |
    |---|---|---|
    | `"owner/name"` of the hub | as it names them | `"tokens"`, `"tags"` |
    | a folder with `train.conll`, `dev.conll` … | by file name | 0, -1 |
    | a folder with `en_ewt-ud-train.conllu` … | by file name | `"form"`, `"upos"` |
    | a folder with `train.jsonl`, `.parquet` … | by name | `"tokens"`, `"tags"` |
    | a folder with `train/seq.in`, `train/seq.out` … | by folder name | these names |
    | a folder with `train.seq.in`, `train.seq.out` … | by file name | these endings |
    | a folder written by `save_to_disk` | as it names them | `"tokens"`, `"tags"` |
    | one such file | train, or by file name | as above |
    | `{split: any one split}`, `datasets.DatasetDict` … | by key | as above |
    | `datasets.Dataset`, `IterableDataset` | train | `"tokens"`, `"tags"` |
    | a list of (tokens, tags) or of dictionaries | train | `"tokens"`, `"tags"` |
    | `None` | those of `sample()` | |

    Splits are named train, validation (in files also val, valid, dev) and test. Columns
    of one word a line stand in files ending in `.conll`, `.conll03`, `.conllup`,
    `.iob`, `.iob2`, `.bio`, `.txt` or `.tsv`, see `read_columns` of
    `seqkit.data.sources.conll`; CoNLL-U in `.conllu`, see `read_conllu` there. Files
    side by side hold a sentence a line, its words or tags separated by spaces or tabs.
    Files may end in `.gz` too.

    With `format` files are read so whatever they end in. Those in a folder are then of
    the split that their names hold between other signs than letters:
    `wnut17train.conll` is train, `emerging.test.annotated` is test, and `eng.testa` and
    `eng.testb` are validation and test of CoNLL-2003. Files without one are passed
    over.

    Words and tags are kept as they stand. A sentence is bad when it has no word, an
    empty word or tag, or not as many tags as words. Tags that a dataset keeps as
    `ClassLabel` come as their names; integers without names are bad.

    Args:
        dataset: See above.
        tokens: Where the words stand: a column, by its name, or by its number in a
            CoNLL file; or what files of words are called.
        tags: The same of the tags.
        label: The same of a label of the whole sentence, such as an intent; `None`
            for no labels. Files beside `seq.in` may be called `"label"`; in CoNLL files
            it names a comment `# NAME = …`.
        format: `"conll"`, `"conllu"`, `"parallel"`, `"jsonl"` or `"parquet"`; by
            default that of each file's ending.
        separator: What stands between the columns of CoNLL files, by default any run
            of spaces and tabs.
        encoding: Encoding of text files.
        name: Configuration of a hub dataset.
        sample: Called without arguments where `dataset` is `None`; returns a
            dictionary from split name to a list of (tokens, tags) or (tokens, tags,
            label), or of dictionaries with these keys.
        on_error: "raise" stops at the first bad sentence, "skip" leaves bad ones out
            and counts them. Files side by side of unequal length are always an error.
        validation_fraction: Without a validation split, the fraction of train (below
            1, at most 3,000) or number of sentences (from 1 on) that becomes one. No
            sentence is then on both sides. 0 makes none.
        seed: Which sentences are held out.
        cache_dir: Folder for the Arrow files, by default inside that of `datasets`.
            What is stored there is used again only while files hold the same bytes.

    Returns:
        `Splits`, a mapping from split name to a memory-mapped `datasets.Dataset` with
        the columns "tokens" and "tags", lists of equally many strings, and with labels
        the string column "label". `skipped`, `messages` and `summary()` tell what was
        left out.

    Raises:
        DataError: Names file and line or row, what was expected, what was found.

    >>> from seqkit.data.tags.loading import load_tagged
    >>> rows = [(["Ada", "sings"], ["B-PER", "O"]), (["a"], [])]
    >>> splits = load_tagged({"test": rows}, on_error="skip")
    >>> splits["test"][0]
    {'tokens': ['Ada', 'sings'], 'tags': ['B-PER', 'O']}
    >>> print(splits.summary())
    dict: test 1
    test: 1 left out, first
      dict, split test, row 1: expected a list of tags in column 'tags', found []
    """
    if format not in (None, *_FORMATS):
        raise DataError(f"a format, one of {', '.join(_FORMATS)}", repr(format))
    if validation_fraction < 0:
        raise DataError("validation_fraction from 0 on", validation_fraction)
    if dataset is None:
        if sample is None:
            raise DataError("a dataset", "None", fix="There is no sample for it")
        dataset, tokens, tags, format = sample(), None, None, None
        label = "label" if _has_labels(dataset) else None
    given = (tokens, tags, *(() if label is None else (label,)))
    columns = _named(given, ("tokens", "tags", None))
    readers, parallel = _readers(given, format, separator, codec_name(encoding))
    features = {"tokens": _STRINGS, "tags": _STRINGS}
    if label is not None:
        features["label"] = datasets.Value("string")
    origin, parts = find_parts(
        dataset, columns, name=name, readers=readers, parallel=parallel
    )
    splits = load_splits(
        parts,
        partial(_check, columns=columns),
        datasets.Features(features),
        origin=origin,
        recipe=["tagged", given, format, separator, encoding],
        on_error=on_error,
        cache_dir=cache_dir,
    )
    if "train" not in splits or "validation" in splits or not validation_fraction:
        return splits
    train, validation = hold_out(
        splits["train"],
        "tokens",
        fraction=validation_fraction,
        seed=seed,
        cache_dir=cache_dir,
    )
    made = {"train": train, "validation": validation}
    made |= {name: split for name, split in splits.items() if name != "train"}
    return replace(splits, splits=made, held_out=len(validation))


def _has_labels(dataset):
    first = next((row for rows in dataset.values() for row in rows), ())
    return "label" in first if isinstance(first, Mapping) else len(first) == 3


def _named(given, defaults):
    """Returns names for what was given by name or number, or not at all."""
    names = [
        default if value is None else str(value)
        for value, default in zip(given, defaults[: len(given)], strict=True)
    ]
    if len(set(names)) < len(names):
        raise DataError("different columns", " and ".join(map(repr, names)))
    return tuple(names)


def _readers(given, format, separator, encoding):
    """Returns file ending to reader, and `Parallel` for files side by side."""
    where = {"tokens": given[0], "tags": given[1], "encoding": encoding}
    conll = partial(read_columns, separator=separator, **where)
    conllu = partial(read_conllu, **where)
    jsonl = partial(read_jsonl, encoding=encoding)
    beside = Parallel(
        _named(given, ("seq.in", "seq.out", None)),
        partial(_read_beside, encoding=encoding),
    )
    if format is None:
        readers = {"conllu": conllu, "jsonl": jsonl, "parquet": read_named_parquet}
        return dict.fromkeys(_CONLL, conll) | readers, beside
    if format == "parallel":
        return {}, beside
    readers = {"conll": conll, "conllu": conllu, "jsonl": jsonl}
    return {ANY: readers.get(format, read_named_parquet)}, Parallel(())


def _read_beside(paths, columns, encoding):
    """Reads files of words and of tags, a sentence a line, and of labels."""
    for record in read_parallel(paths, columns, encoding):
        if isinstance(record, DataError):
            yield record
            continue
        tokens, tags, *label = columns
        values = dict(record.values)
        for column in (tokens, tags):
            values[column] = values[column].replace("\t", " ").split(" ")
            values[column] = [word for word in values[column] if word]
        for column in label:
            values[column] = values[column].strip()
        yield record._replace(values=values)


def _check(record, columns):
    """Returns the sentence in a record, or raises the `DataError` for its fault."""
    token_column, tag_column, *label_column = columns
    tokens = _strings(record, token_column, "tokens")
    tags = _strings(record, tag_column, "tags")
    if len(tokens) != len(tags):
        found = f"{len(tokens):,} tokens and {len(tags):,} tags"
        raise record.error("as many tags as tokens", found)
    row = {"tokens": tokens, "tags": tags}
    for column in label_column:
        text = text_of(record, record.values, column, _fix(record, column, "label"))
        if not text.strip():
            raise record.error(f"a label in column {column!r}", brief(text))
        row["label"] = text
    return row


def _strings(record, column, what):
    """Returns the list of strings in a column."""
    values = record.values
    if column not in values:
        found = ", ".join(map(repr, values))
        fix = _fix(record, column, what)
        raise record.error(f"a column {column!r}", found, fix=fix)
    found = values[column]
    if not isinstance(found, list | tuple) or not found:
        raise record.error(f"a list of {what} in column {column!r}", brief(found))
    for position, one in enumerate(found):
        if isinstance(one, int) and what == "tags":
            raise record.error(
                f"names of tags in column {column!r}",
                f"the number {one!r} without a name: {brief(found)}",
                fix="Put names there, or cast the column of a datasets.Dataset to "
                "Sequence(ClassLabel(names=[…]))",
            )
        if not isinstance(one, str) or not one:
            wanted = f"{what} in column {column!r} that are text"
            raise record.error(wanted, f"{one!r} as number {position}: {brief(found)}")
    text_of(record, {column: " ".join(found)}, column, None)  # for its Unicode
    return list(found)


def _fix(record, column, what):
    """What to do where a column is missing."""
    ending = {"tokens": ("tokens", "words", "form"), "tags": ("tags", "pos")}
    likely = [
        name for name in record.values if name.endswith(ending.get(what, "label"))
    ]
    if len(likely) == 1 and likely[0] != column:
        return f'Give {what}="{likely[0]}"'
    return f"Give {what}= as the data names it"
