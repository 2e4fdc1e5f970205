"""Tables of words and tags, with a word or a whole sentence per row."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from seqkit.data.sources.lines import NoTarget, Record, Records, brief, listed
from seqkit.data.sources.readers import Reader
from seqkit.errors import DataError

_USUAL = "sentence sentence_id sentence_number sentence_no sent_id sent".split()


def read_table(
    path: Path, columns: Sequence[Any], *, table: Reader, sentence: str | None = None
) -> Records:
    """Reads a table with a header, in which a row is a word or a sentence.

    Rows are words if a column names the sentence, see `sentences`. Otherwise a cell
    holds all words or tags of a sentence: a list in JSON, or text with spaces.
    """
    for record in table(path, ()):
        if isinstance(record, Record) and not _column(record, columns, sentence):
            values = dict(record.values)
            for column in columns[:2]:
                if column in values:
                    values[column] = _split(values[column])
            record = record._replace(values=values)
        yield record


def sentences(
    read: Callable[[], Records], columns: Sequence[str], sentence: str | None = None
) -> Records:
    """Joins records that are a word each into sentences; others stay as they are.

    Args:
        read: Yields records.
        columns: Names of the columns of words and tags, and of a label if there is one.
        sentence: Column that names the sentence of each word; by default one with a
            usual name, such as `sentence_id`. A row that has nothing there belongs to
            the sentence of the row before.

    Yields:
        A record for each sentence, with the place of its first word, or the first error
        in its rows.
    """
    records = read()
    ahead = []
    for record in records:
        ahead.append(record)
        if isinstance(record, Record):
            break
    first = ahead[-1] if ahead else None
    records = itertools.chain(ahead, records)
    column = None
    if isinstance(first, Record):
        column = _column(first, columns, sentence)
    if column is None or isinstance(first.values.get(columns[0]), list | tuple):
        yield from records
        return
    seen: set[Any] = set()
    for name, rows in _grouped(records, column):
        found = _sentence(rows, columns, column, name)
        if isinstance(found, Record):
            if name in seen:
                found = rows[0].error(
                    "rows of a sentence that follow one another",
                    f"{name!r} in column {column!r} once more",
                )
            elif not seen:
                note = f"a row is a word, and column {column!r} says of which sentence"
                found = found._replace(notes=(*found.notes, note))
            seen.add(name)
        yield found


def _column(record: Record, columns: Sequence[str], sentence: str | None) -> str | None:
    """The column that names the sentence, if there is one."""
    if sentence is not None:
        return sentence
    others = (name for name in record.values if name not in columns)
    return next((name for name in others if _plain(name) in _USUAL), None)


def _plain(name: Any) -> str:
    """A column name in one spelling: `Sentence #` becomes `sentence`."""
    return "_".join(str(name).casefold().replace("#", " ").replace("-", " ").split())


def _split(cell: Any) -> Any:
    """The list in a cell, or the cell if it holds none."""
    if not isinstance(cell, str):
        return cell
    if cell.lstrip().startswith("["):
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    return cell.split()


def _grouped(records: Records, column: str) -> Iterator[tuple[Any, list[Any]]]:
    """Names of sentences, each with its rows; errors stand in place of rows."""
    name, rows = None, []
    for record in records:
        new = None
        if isinstance(record, Record):
            new = record.values.get(column)
            missing = new is None or new != new or not str(new).strip()
            new = None if missing else new
        if new is not None and new != name:
            if rows:
                yield name, rows
            name, rows = new, []
        rows.append(record)
    if rows:
        yield name, rows


def _sentence(
    rows: list[Any], columns: Sequence[str], column: str, name: Any
) -> Record | DataError:
    """The sentence whose words are in rows, or the error of the first bad row."""
    tokens, tags, *label = columns
    values: dict[str, Any] = {one: [] for one in (tokens, tags)}
    for row in rows:
        if isinstance(row, DataError):
            return row
        for one in (column, *columns):
            if one not in row.values:
                fix = "Name the columns with tokens=, tags= and sentence="
                return row.missing(one, fix)
        if name is None:
            return row.error(f"a sentence in column {column!r}", "none before it")
        for one, what in ((tokens, "word"), (tags, "tag")):
            cell = row.values[one]
            if isinstance(cell, int) and not isinstance(cell, bool) and one == tokens:
                cell = str(cell)  # such as a year
            if not isinstance(cell, str) or not cell.strip():
                kind = NoTarget if what == "tag" and not cell else DataError
                place = {"where": row.where, "line": row.line, "row": row.row}
                return kind(f"a {what} in column {one!r}", brief(cell), **place)
            values[one].append(cell.strip())
    for one in label:
        found = {row.values[one] for row in rows if row.values[one] not in (None, "")}
        if len(found) > 1:
            expected = f"one label of the sentence in column {one!r}"
            return rows[0].error(expected, listed(sorted(map(str, found))))
        values[one] = found.pop() if found else None
    return rows[0]._replace(values=values)
