"""Readers of JSON files: an object on each line, or an array of objects."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from seqkit.data.sources.lines import Record, Records, brief, text_lines
from seqkit.errors import DataError

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"
_FIX = "A file with one object per line is called .jsonl"


def read_jsonl(path: Path, columns: Sequence[Any], encoding: str = "utf-8") -> Records:
    """Reads one JSON object per line, whatever its columns."""
    for number, text in text_lines(path, encoding):
        if isinstance(text, DataError):
            yield text
            continue
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            values = error
        if isinstance(values, dict):
            yield Record(str(path), number, None, values)
        else:
            found = brief(values) if text.strip() else "an empty line"
            yield DataError("a JSON object on one line", found, where=path, line=number)


def read_json(path: Path, columns: Sequence[Any], encoding: str = "utf-8") -> Records:
    """Reads an array of JSON objects, or one object per line, whatever their columns.

    The text of the file is held in memory, its objects are not.
    """
    if begins_with(path, "{", encoding) and _is_object(path, encoding):
        note = "one JSON object per line, read as .jsonl"
        for record in read_jsonl(path, columns, encoding):
            if isinstance(record, Record):
                record = record._replace(notes=(note,))
            yield record
        return
    for row, (line, value) in enumerate(_elements(path, _text(path, encoding))):
        record = Record(str(path), line, None, value)
        if isinstance(value, dict):
            yield record
        else:
            yield record.error("a JSON object", f"{brief(value)} as number {row}")


def begins_with(path: Path, sign: str, encoding: str = "utf-8") -> bool:
    """Whether the first character of a file that is no white space is a sign."""
    for _, line in text_lines(path, encoding):
        if isinstance(line, DataError):
            raise line
        if text := line.strip():
            return text.startswith(sign)
    return False


def _is_object(path: Path, encoding: str) -> bool:
    """Whether the first line is a whole object."""
    _, line = next(text_lines(path, encoding))
    try:
        return isinstance(json.loads(str(line)), dict)
    except (ValueError, RecursionError):
        return False


def _text(path: Path, encoding: str) -> str:
    lines = []
    for _, line in text_lines(path, encoding):
        if isinstance(line, DataError):
            raise line
        lines.append(line)
    return "\n".join(lines)


def _elements(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    """Yields (line, value) for each element of the array."""
    place, line, counted = _skip(text, 0), 1, 0

    def wrong(expected: str, found: Any) -> DataError:
        at = 1 + text.count("\n", 0, place)
        return DataError(expected, found, where=path, line=at, fix=_FIX)

    if text[place : place + 1] != "[":
        found = brief(text[place : place + 60]) if text[place:] else "an empty file"
        raise wrong("an array of JSON objects", found)
    place = _skip(text, place + 1)
    while text[place : place + 1] != "]":
        line, counted = line + text.count("\n", counted, place), place
        try:
            value, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise wrong("a JSON object", getattr(error, "msg", error)) from error
        yield line, value
        place = _skip(text, place)
        if text[place : place + 1] == ",":
            place = _skip(text, place + 1)
        elif text[place : place + 1] != "]":
            found = brief(text[place : place + 20]) if text[place:] else "the end"
            raise wrong("a comma or the end of the array", found)
    if text[_skip(text, place + 1) :]:
        place = _skip(text, place + 1)
        raise wrong("nothing after the array", brief(text[place : place + 60]))


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place
