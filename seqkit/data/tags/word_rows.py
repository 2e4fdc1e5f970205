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
    words: bool | None = None  # as the first row says
    for record in table(path, ()):
        if words is None and isinstance(record, Record):
            words = _column(record, columns, sentence) is not None
        if isinstance(record, Record) and not words:
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
    """The column that names the sentence, if rows are words."""
    if sentence is not None:
        return sentence
    if len(_words(record.values.get(columns[1]))) > 1:
        return None  # the tags of a sentence, which has a number besides
    others = (name for name in record.values if name not in columns)
    return next((name for name in others if _plain(name) in _USUAL), None)


def _plain(name: Any) -> str:
    """A column name in one spelling: `Sentence #` becomes `sentence`."""
    return "_".join(str(name).casefold().replace("#", " ").replace("-", " ").split())


def _words(cell: Any) -> Sequence[Any]:
    """What is in a cell of words or of tags."""
    found = _split(cell)
    return found if isinstance(found, list | tuple) else [found]


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
    name: Any = None
    rows: list[Any] = []
    for record in records:
        new = None
        if isinstance(record, Record):
            if all(_is_empty(value) for value in record.values.values()):
                continue
            new = record.values.get(column)
            if not isinstance(new, str | int | float | None):
                record = record.error(f"a sentence in column {column!r}", brief(new))
                new = None
            elif _is_empty(new):
                new = None
        if new is not None and new != name:
            if rows:
                yield name, rows
            # A bad row may have been the last of one sentence or the first of the next.
            name, rows = new, [row for row in rows[-1:] if isinstance(row, DataError)]
        rows.append(record)
    if rows:
        yield name, rows


def _is_empty(value: Any) -> bool:
    blank = isinstance(value, str) and not value.strip()
    return blank or value is None or value != value


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
            if what == "tag" and len(cell.split()) > 1:
                fix = (
                    f"A row is a word, since column {column!r} names the sentence. If "
                    "it is a sentence, rename that column"
                )
                return row.error(f"one tag in column {one!r}", brief(cell), fix)
            values[one].append(cell.strip())
    for one in label:
        given = [row.values[one] for row in rows if not _is_empty(row.values[one])]
        for value in given:
            if not isinstance(value, str | int | float):
                return rows[0].error(f"a label in column {one!r}", brief(value))
        found = set(given)
        if len(found) > 1:
            expected = f"one label of the sentence in column {one!r}"
            return rows[0].error(expected, listed(sorted(map(str, found))))
        values[one] = found.pop() if found else None
    return rows[0]._replace(values=values)
