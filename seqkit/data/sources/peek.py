"""The first rows of a dataset, whatever its columns are called."""

import itertools
from collections.abc import Mapping
from typing import Any

from seqkit.data.sources.files import Layout
from seqkit.data.sources.lines import Record
from seqkit.data.sources.parts import find_parts
from seqkit.data.sources.readers import readers_for
from seqkit.data.sources.splits import in_order
from seqkit.data.sources.tables import read_tsv
from seqkit.errors import DataError

ROWS = 500


def peek(dataset: Any, options: Mapping[str, Any] | None = None) -> list[dict]:
    """Returns up to 500 rows as they are in the dataset, of train if there is one.

    Tables are expected to have a header. What cannot be read so gives no rows. The
    options are those of loaders: name, encoding, separator.

    >>> from seqkit.data.sources.peek import peek
    >>> peek([{"review": "fine", "stars": 4}])
    [{'review': 'fine', 'stars': 4}]
    """
    given = options or {}
    readers = readers_for(
        given.get("encoding", "utf-8"), {"txt": read_tsv}, given.get("separator")
    )
    try:
        _, parts = find_parts(dataset, Layout((), readers), given.get("name"))
        first = next(iter(in_order(parts).values()))
        records = itertools.islice(first.read(), ROWS)
        rows = [dict(one.values) for one in records if isinstance(one, Record)]
    except DataError:
        return []
    return [
        row["translation"] if isinstance(row.get("translation"), dict) else row
        for row in rows
    ]
