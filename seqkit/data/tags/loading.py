"""Sentences whose words have tags, from any dataset."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import datasets

from seqkit.data.annotations import Column, FilePath, Sample
from seqkit.data.sources.conll import read_conll, read_conllu
from seqkit.data.sources.files import ANY, Layout, Parallel
from seqkit.data.sources.lines import Record, as_target, brief, text_of
from seqkit.data.sources.loader import Loader
from seqkit.data.sources.missing_splits import MissingSplits
from seqkit.data.sources.readers import Reader, read_parallel, readers_for
from seqkit.data.sources.splits import Splits
from seqkit.data.tags.checking import check_columns
from seqkit.data.tags.word_rows import read_table, sentences
from seqkit.errors import DataError

_CONLL = ("conll", "conll03", "conllup", "iob", "iob2", "bio", "txt", "tsv")
_STRINGS = datasets.Sequence(datasets.Value("string"))


def load_tagged(
    dataset: Any,
    *,
    tokens: Column | None = None,
    tags: Column | None = None,
    label: str | None = None,
    sentence: str | None = None,
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
    """Loads sentences with a tag for each word from any dataset of `seqkit.data`.

    Its files, and the defaults of `tokens` and `tags`, are

    | files | split | `tokens`, `tags` |
    |---|---|---|
    | `train.conll`, `dev.conll` … | by file name | 0, -1 |
    | `en_ewt-ud-train.conllu` … | by file name | `"form"`, `"upos"` |
    | `train.jsonl`, `.parquet` … | by file name | `"tokens"`, `"tags"` |
    | `train.csv`, `.xlsx` | by file name | `"tokens"`, `"tags"` |
    | `train/seq.in`, `train/seq.out` … | by folder name | these names |
    | `train.seq.in`, `train.seq.out` … | by file name | these endings |

    and `"tokens"`, `"tags"` for all other datasets. In lists, a row is a tuple (tokens,
    tags), with a label (tokens, tags, label), or a dictionary.

    Columns with one word per line are in files ending in `.conll`, `.conll03`,
    `.conllup`, `.iob`, `.iob2`, `.bio`, `.txt` or `.tsv`, see `read_conll` of
    `seqkit.data.sources.conll`; CoNLL-U in `.conllu`, see `read_conllu` there. Parallel
    files hold one sentence per line, its words or tags separated by spaces or tabs.

    A table (CSV, Excel, TSV with `format="tsv"`) has a header. With a column that names
    the sentence, such as `sentence_id`, a row is a word, and the words of a sentence
    have to follow one another. Without one a row is a sentence; its words, and its
    tags, are a list in JSON or separated by spaces. Rows of other datasets may be
    words, too; those of parquet files and of `datasets` with `sentence`.

    With `format` files are read in this format whatever they end in. Those in a folder
    then belong to the split that their names hold between characters that are no
    letters: `wnut17train.conll` is train, `emerging.test.annotated` is test, and
    `eng.testa` and `eng.testb` are validation and test of CoNLL-2003. Files without a
    split are ignored.

    Words and tags are kept as they are. A sentence is bad if it has no word, an empty
    word or tag, or not as many tags as words. Tags that a dataset stores as
    `ClassLabel` become their names; integers without names are bad.

    Args:
        dataset: See `seqkit.data`.
        tokens: The column of the words, by its name, or by its number in a CoNLL file;
            or what files of words are called.
        tags: The same of the tags.
        label: The same of a label of the whole sentence, such as an intent; `None`
            for no labels. Files beside `seq.in` may be called `"label"`; in CoNLL files
            it names a comment `# NAME = …`.
        sentence: The column that names the sentence of each word, if rows are words;
            by default one with a usual name, such as `sentence_id`. A row with nothing
            there belongs to the sentence of the row before.
        format: `"conll"`, `"conllu"`, `"parallel"`, `"jsonl"`, `"parquet"`, or another
            one of `readers`; by default that of each file's ending.
        separator: What separates the columns of CoNLL files, by default any run of
            spaces and tabs.
        encoding, name, sample, on_error: See `seqkit.data`.
        validation_fraction, test_fraction, seed, cache_dir: See there.

    Returns:
        `Splits` with the columns "tokens" and "tags", lists of equally many strings,
        and with labels the string column "label".

    Raises:
        DataError: A bad sentence or argument.

    >>> from seqkit.data import load_tagged
    >>> rows = [(["Ada", "sings"], ["B-PER", "O"]), (["a"], [])]
    >>> splits = load_tagged({"test": rows}, on_error="skip")
    >>> splits["test"][0]
    {'tokens': ['Ada', 'sings'], 'tags': ['B-PER', 'O']}
    >>> print(splits.summary())
    dict: test 1
    test: 1 left out, first
      dict, split test, row 1: expected a list of tags in column 'tags', found []
    """
    loader = Loader(dataset, encoding, name, sample, on_error, cache_dir)
    missing = MissingSplits(validation_fraction, test_fraction, seed, cache_dir)
    if loader.is_sample:
        tokens = tags = format = sentence = None
        label = "label" if _has_labels(loader.dataset) else None
    given = (tokens, tags, *(() if label is None else (label,)))
    columns = _named(given, ("tokens", "tags", None))
    layout = _layout(given, columns, format, separator, loader.encoding, sentence)
    origin, parts = loader.find(layout)
    parts = {
        split: replace(part, read=partial(sentences, part.read, columns, sentence))
        for split, part in parts.items()
    }
    splits = loader.load(
        (origin, parts),
        partial(_check, columns=columns),
        {"tokens": _STRINGS, "tags": _STRINGS}
        | ({} if label is None else {"label": datasets.Value("string")}),
        key=["tagged", given, format, separator, sentence],
    )
    check_columns(splits)
    labels = ["tags"] if label is None else ["tags", "label"]
    return missing.add_to(splits, "tokens", labels=labels)


def _layout(given, columns, format, separator, encoding, sentence):
    """Returns how to read files in a format, or all files by their ending."""
    places: dict[str, Any] = {"tokens": given[0], "tags": given[1]}
    conll = partial(read_conll, separator=separator, **places)
    conllu = partial(read_conllu, **places)
    conlls = {"conll": conll, "conllu": conllu}
    readers = readers_for(encoding, conlls, separator)
    for table in ("csv", "tsv", "xlsx"):
        reader = readers.pop(table)
        reader = partial(read_table, table=reader, sentence=sentence)
        if table != "tsv" or sentence is not None or format == "tsv":
            readers[table] = reader
    if sentence is not None:
        columns = *columns, sentence
    beside = Parallel(
        _named(given, ("seq.in", "seq.out", None)),
        partial(_read_beside, encoding=encoding),
    )
    if format is None:
        endings: dict[str, Reader] = dict.fromkeys(_CONLL, readers["conll"])
        return Layout(columns, endings | readers, parallel=beside)
    if format == "parallel":
        return Layout(columns, {}, parallel=beside)
    if format not in readers:
        others = (name for name in readers if name not in conlls)
        names = ", ".join((*conlls, "parallel", *others))
        raise DataError(f"a format, one of {names}", repr(format))
    return Layout(columns, {ANY: readers[format]}, parallel=Parallel(()))


def _has_labels(dataset: Mapping[str, Sequence[Any]]) -> bool:
    first = next((row for rows in dataset.values() for row in rows), ())
    return "label" in first if isinstance(first, Mapping) else len(first) == 3


def _named(given: Sequence[Any], defaults: Sequence[Any]) -> tuple[str, ...]:
    """Returns names for what was given by name or number, or not at all."""
    names = [
        default if value is None else str(value)
        for value, default in zip(given, defaults[: len(given)], strict=True)
    ]
    if len(set(names)) < len(names):
        raise DataError("different columns", " and ".join(map(repr, names)))
    return tuple(names)


def _read_beside(paths, columns, encoding):
    """Reads files of words, of tags and of labels, one sentence per line."""
    for record in read_parallel(paths, columns, encoding):
        if isinstance(record, DataError):
            yield record
            continue
        tokens, tags, *label = columns
        values: dict[str, Any] = dict(record.values)
        for column in (tokens, tags):
            values[column] = values[column].replace("\t", " ").split(" ")
            values[column] = [word for word in values[column] if word]
        for column in label:
            values[column] = values[column].strip()
        yield record._replace(values=values)


def _check(record, _, columns):
    """Returns the sentence in a record, or raises `DataError`."""
    token_column, tag_column, *label_column = columns
    tokens = _strings(record, token_column, "tokens")
    with as_target(record.values.get(tag_column)):
        tags = _strings(record, tag_column, "tags")
    if len(tokens) != len(tags):
        found = f"{len(tokens):,} tokens and {len(tags):,} tags"
        raise record.error("as many tags as tokens", found)
    row: dict[str, Any] = {"tokens": tokens, "tags": tags}
    for column in label_column:
        with as_target(record.values.get(column)):
            row["label"] = _label(record, column)
    return row


def _label(record: Record, column: str) -> str:
    text = text_of(record, record.values, column, _fix(record, column, "label"))
    if not text.strip():
        raise record.error(f"a label in column {column!r}", brief(text))
    return text


def _strings(record: Record, column: str, what: str) -> list[str]:
    """Returns the list of strings in a column."""
    if column not in record.values:
        raise record.missing(column, _fix(record, column, what))
    found = record.values[column]
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
    text_of(record, {column: " ".join(found)}, column)  # checks its Unicode
    return list(found)


def _fix(record: Record, column: str, what: str) -> str:
    """What to do about a missing column."""
    ending = {
        "tokens": ("tokens", "words", "form", "token", "word"),
        "tags": ("tags", "pos", "tag"),
    }
    likely = [
        name for name in record.values if name.endswith(ending.get(what, "label"))
    ]
    if len(likely) == 1 and likely[0] != column:
        return f'Give {what}="{likely[0]}"'
    return f"Give {what}= as the data names it"
