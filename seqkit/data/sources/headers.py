"""Whether the first line of a table is a header, though it names other columns."""

import re
from collections.abc import Sequence
from statistics import median

ROWS = 1000
"""How many rows are looked at."""
_NAME = re.compile(r"[^\W\d]\w*([ _-]\w+)?")
_SIGNS = ".,;:!?\"'()"
_FEWEST_ROWS, _LONG = 5, 3
_NAMES = frozenset(
    "arabic bengali bulgarian chinese croatian czech danish dutch english estonian "
    "finnish french german greek hebrew hindi hungarian indonesian irish italian "
    "japanese korean latin latvian lithuanian norwegian persian polish portuguese "
    "romanian russian serbian slovak slovenian spanish swahili swedish tamil thai "
    "turkish ukrainian urdu vietnamese welsh "
    "source target src tgt text label labels sentence category".split()
)


def looks_like_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a line names columns rather than being a row as the others.

    It does if each field is the name of a language or a usual name of a column; or if
    each is a word or two that its column does not hold again, in a column of sentences
    or beside one.

    Args:
        first: The fields of the line.
        rows: Those of the rows after it, at most `ROWS`.

    >>> from seqkit.data.sources.headers import looks_like_header
    >>> rows = [["The dog runs.", "Der Hund rennt."], ["No.", "Nein."]]
    >>> looks_like_header(["english", "german"], rows)
    True
    >>> looks_like_header(["Go.", "Geh."], rows)
    False
    """
    fields = [field.strip().casefold() for field in first]
    if len(set(fields)) < len(fields) or not all(map(_NAME.fullmatch, fields)):
        return False
    if _NAMES.issuperset(fields):
        return True
    if len(rows) < _FEWEST_ROWS:
        return False
    columns = [
        [text.casefold().split() for text in column]
        for column in zip(*rows, strict=True)
    ]
    if max(median(map(len, column)) for column in columns) < _LONG:
        return False
    seen = (
        {word.strip(_SIGNS) for words in column for word in words} for column in columns
    )
    return not any(
        words.issuperset(field.split())
        for field, words in zip(fields, seen, strict=True)
    )
