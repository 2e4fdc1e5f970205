"""Pictures read by many threads, ahead of who wants them."""

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from seqkit.data.captions.images import read_image
from seqkit.errors import DataError

AHEAD = 3  # batches that are read while one is worked on


def read_batches(
    sources, size, batch_size, *, start=0, read=read_image, num_threads=None
):
    """Reads and resizes pictures in batches, while the caller works on earlier ones.

    Decoders and resizing let other threads run, so that the caller waits only where
    all threads together are slower than it.

    Args:
        sources: What `read` takes, such as N paths.
        size: (height, width) of every picture.
        batch_size: Pictures a batch; the last one may have fewer.
        start: The first picture to read.
        read: `read(source, size)` returns a uint8 array `[H, W, 3]` or raises
            `DataError`.
        num_threads: Threads that read; by default one a processor and one more.

    Yields:
        The number of the batch's first picture, the pictures `[B, H, W, 3]` in their
        order, and a dictionary from number to `DataError` for those that cannot be
        read, which are black.
    """
    num_threads = num_threads or 1 + (os.cpu_count() or 1)
    pool = ThreadPoolExecutor(num_threads, thread_name_prefix="read-image")
    waiting = deque()
    try:
        for first in range(start, len(sources), batch_size):
            batch = sources[first : first + batch_size]
            futures = [pool.submit(read, source, size) for source in batch]
            waiting.append((first, futures))
            if len(waiting) > AHEAD:
                yield _gather(*waiting.popleft(), size)
        while waiting:
            yield _gather(*waiting.popleft(), size)
    finally:  # also where the caller breaks off
        pool.shutdown(cancel_futures=True)


def _gather(first, futures, size):
    pictures = np.zeros((len(futures), *size, 3), np.uint8)
    errors = {}
    for place, future in enumerate(futures):
        try:
            pictures[place] = future.result()
        except DataError as error:
            errors[first + place] = error
    return first, pictures, errors
