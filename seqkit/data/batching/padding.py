"""Right-padding of integer sequences."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def pad(
    rows: Sequence[Any],
    length: int | None = None,
    multiple: int = 1,
    *,
    num_rows: int | None = None,
    first: int | None = None,
    last: int | None = None,
) -> np.ndarray:
    """Right-pads integer sequences with 0.

    Args:
        rows: N sequences of ids.
        length: Length to pad to; by default that of the longest row.
        multiple: The default length is rounded up to a multiple of this.
        num_rows: Number of rows to fill up to with zeros, by default N.
        first, last: Optional ids added before and after each sequence.

    Returns:
        An int32 array `[num_rows, length]`.

    >>> from seqkit.data import pad
    >>> pad([[5, 6], [7]], last=3).tolist()
    [[5, 6, 3], [7, 3, 0]]
    """
    start, more = int(first is not None), int(last is not None)
    if length is None:
        length = max(map(len, rows), default=0) + start + more
        length = max(1, -(-length // multiple)) * multiple
    size = len(rows) if num_rows is None else num_rows
    batch = np.zeros((size, length), dtype=np.int32)
    if first is not None:
        batch[: len(rows), 0] = first
    for line, row in zip(batch, rows, strict=num_rows is None):
        stop = start + len(row)
        line[start:stop] = row
        if last is not None:
            line[stop] = last
    return batch
