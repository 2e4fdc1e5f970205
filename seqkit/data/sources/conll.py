"""Readers of tagged sentences in columns: CoNLL files of any kind, and CoNLL-U.

Each line holds one word, in columns; a line of only white space ends a sentence. A
record is a sentence, and one bad line makes the whole sentence bad.
"""

import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqkit.data.sources.conll_columns import (
    COMMENT,
    Columns,
    find_columns,
    named_columns,
)
from seqkit.data.sources.lines import NoTarget, Record, Records, brief, text_lines
from seqkit.errors import DataError

_CONLLU = "id form lemma upos xpos feats head deprel deps misc".split()
_NO_WORD = re.compile(r"\d+[-.]\d+")  # ID of a multi-word token, of an empty node


def read_conll(
    path: Path,
    columns: Sequence[Any],
    *,
    tokens: str | int | None = None,
    tags: str | int | None = None,
    separator: str | None = None,
    encoding: str = "utf-8",
) -> Records:
    """Reads sentences of a CoNLL file.

    The first line decides how many columns there are; `-DOCSTART-` lines are left out
    and end a sentence. A column is given by its number, from the end too, or by its
    name, which is in a line `# global.columns = …` (CoNLL-U Plus) or else in the first
    line. If a column is named ID, the rules of CoNLL-U apply.

    **Comments and words that begin with `#`**: a line `# key = …` before the first word
    of a sentence is a comment. Any other line there that begins with `#` is a word
    if it has the columns of the file's other lines and a tag that one of them has too;
    otherwise it is a comment. Within a sentence such a line is a word.

    Words are by default in column 0, or in FORM if columns have names, tags in the last
    column. A third name in `columns` is that of a label in a comment `# NAME = …`.
    """
    try:
        layout = find_columns(path, encoding, tokens, tags, separator)
    except NoTarget as error:  # one for each sentence
        blank = (not str(line).strip() for _, line in text_lines(path, encoding))
        yield from (error for is_blank, _ in itertools.groupby(blank) if not is_blank)
        return
    if layout:
        notes = ()
        if tokens is None or tags is None:
            notes = (
                f"words in {layout.tokens}, tags in {layout.tags} of columns 0 to "
                f"{layout.width - 1}",
            )
        yield from _sentences(path, columns, encoding, layout, notes)


def read_conllu(
    path: Path,
    columns: Sequence[Any],
    *,
    tokens: str | int | None = None,
    tags: str | int | None = None,
    encoding: str = "utf-8",
) -> Records:
    """Reads sentences of a CoNLL-U file (https://universaldependencies.org/format.html).

    Words are the syntactic ones: lines of multi-word tokens (`1-2`) and empty nodes
    (`8.1`) are left out, so that `1-2 don't` becomes "do", "n't". Every line before
    the first word of a sentence that begins with `#` is a comment.

    Words are by default in FORM, tags in UPOS. `"feats.NAME"` or `"misc.NAME"` takes
    one feature, and a word that lacks it has the tag "_" or "O". In UPOS, XPOS, HEAD
    and DEPREL "_" means that there is no tag: an error.
    """
    notes = ()
    if tags is None:
        notes = ("tags from the column UPOS",)
    layout = named_columns(
        path,
        _CONLLU,
        "form" if tokens is None else tokens,
        "upos" if tags is None else tags,
        separator="\t",
    )
    yield from _sentences(path, columns, encoding, layout, notes)


def _sentences(path, columns, encoding, layout, notes):
    words, labels, fault = [], {}, None
    start = None  # the first line of the sentence that is no comment
    for number, line in itertools.chain(text_lines(path, encoding), [(0, "")]):
        broken = isinstance(line, DataError)
        if not broken and layout.ends_sentence(line):
            if fault or words:
                yield fault or _record(path, columns, start, words, labels, notes)
            words, labels, fault, start = [], {}, None, None
        elif number == layout.header:
            continue
        elif not broken and start is None and layout.is_comment(line):
            if found := COMMENT.match(line):
                labels[found[1]] = found[2].strip()
        else:
            start = start or number
            found = line if broken else _word(path, number, line, layout)
            if isinstance(found, DataError):
                fault = fault or found
            elif found:
                words.append(found)


def _word(path: Path, number: int, line: str, layout: Columns) -> Any:
    """Returns (word, tag), what is wrong with the line, or `None` for no word."""
    fields, place = layout.split(line), {"where": path, "line": number}
    if len(fields) != layout.width:
        fix = None
        if "\t" in line and len(fields) > layout.width:
            fix = 'Give separator="\\t" if words hold spaces'
        found = f"{len(fields)}: {brief(line)}"
        return DataError(f"{layout.width} columns", found, **place, fix=fix)
    if layout.ids is not None and not fields[layout.ids].isdecimal():
        if _NO_WORD.fullmatch(fields[layout.ids]):
            return None
        wanted = f"a word's number in column {layout.ids}"
        return DataError(wanted, brief(line), **place)
    word, tag = fields[layout.tokens], fields[layout.tags]
    if not word:
        return DataError(f"a word in column {layout.tokens}", brief(line), **place)
    if layout.feature is not None:
        pairs = (pair.partition("=") for pair in tag.split("|"))
        values = {key: value for key, _, value in pairs}
        tag = values.get(layout.feature, layout.empty)
    if not tag or (layout.needed and tag == "_"):
        return NoTarget(f"a tag in column {layout.tags}", brief(line), **place)
    return word, tag


def _record(path, columns, start, words, labels, notes):
    token_column, tag_column, *label_column = columns
    tokens, tags = zip(*words, strict=True)
    values: dict[str, Any] = {token_column: list(tokens), tag_column: list(tags)}
    for name in label_column:
        if name not in labels:
            wanted = f'a comment "# {name} = …" before the sentence'
            return DataError(wanted, "none", where=path, line=start)
        values[name] = labels[name]
    return Record(str(path), start, None, values, notes)
