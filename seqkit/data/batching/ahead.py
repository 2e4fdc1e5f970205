"""Work that a thread does before it is asked for."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


def made_ahead(make: Callable[[int], Any], count: int, ahead: int) -> Iterator[Any]:
    """Yields `make(0)`, …, `make(count - 1)`, each made in a thread ahead of time.

    An error of `make` comes where its result would. The thread ends with the iterator:
    after the last one, when it is closed, or when nobody holds it any more.

    Args:
        make: What makes one; only one runs at a time, in order.
        count: How many there are.
        ahead: How many are made before they are asked for, at most.

    >>> from seqkit.data.batching.ahead import made_ahead
    >>> list(made_ahead(lambda number: number**2, count=4, ahead=2))
    [0, 1, 4, 9]
    """
    waiting: deque[Future] = deque()
    with ThreadPoolExecutor(1, "seqkit-batches") as worker:
        try:
            for number in range(count):
                waiting.append(worker.submit(make, number))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()
