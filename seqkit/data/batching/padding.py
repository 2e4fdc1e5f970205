"""Right-padding of integer sequences."""

import numpy as np


def pad(rows, length=None, multiple=1):
    """Right-pads integer sequences with 0.

    Args:
        rows: N sequences of ids.
        length: Length to pad to; by default that of the longest row.
        multiple: The default length is rounded up to a multiple of this.

    Returns:
        An int32 array `[N, length]`.

    Example:

    >>> pad([[5, 6], [7]]).tolist()
    [[5, 6], [7, 0]]
    """
    if length is None:
        length = max(map(len, rows), default=0)
        length = max(1, -(-length // multiple)) * multiple
    batch = np.zeros((len(rows), length), dtype=np.int32)
    for line, row in zip(batch, rows, strict=True):
        line[: len(row)] = row
    return batch
