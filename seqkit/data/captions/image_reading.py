"""Reading images with several threads, ahead of the caller."""

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from seqkit.data.captions.images import read_image
from seqkit.errors import DataError

AHEAD = 3  # batches that are read while the caller works on one

Pictures = tuple[int, np.ndarray, dict[int, DataError]]


def read_batches(
    sources: Sequence[Any],
    size: tuple[int, int],
    batch_size: int,
    *,
    start: int = 0,
    read: Callable[..., np.ndarray] = read_image,
    num_threads: int | None = None,
) -> Generator[Pictures, None, None]:
    """Reads and resizes images in batches, while the caller works on earlier ones.

    Yields the number of a batch's first image, the images `[B, H, W, 3]`, and the
    errors of unreadable ones, by number; these are black.
    """
    num_threads = num_threads or 1 + (os.cpu_count() or 1)
    pool = ThreadPoolExecutor(num_threads, thread_name_prefix="read-image")
    waiting: deque[tuple[int, list[Future]]] = deque()
    try:
        for first in range(start, len(sources), batch_size):
            batch = sources[first : first + batch_size]
            futures = [pool.submit(read, source, size) for source in batch]
            waiting.append((first, futures))
            if len(waiting) > AHEAD:
                yield _gather(*waiting.popleft(), size)
        while waiting:
            yield _gather(*waiting.popleft(), size)
    finally:  # also if the caller stops early
        pool.shutdown(cancel_futures=True)


def _gather(first: int, futures: Sequence[Future], size: tuple[int, int]) -> Pictures:
    pictures = np.zeros((len(futures), *size, 3), np.uint8)
    errors = {}
    for place, future in enumerate(futures):
        try:
            pictures[place] = future.result()
        except DataError as error:
            errors[first + place] = error
    return first, pictures, errors
