"""Sets of points that are drawn again for each epoch."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from seqkit.data.points.batches import Rows
from seqkit.data.points.canonical import canonical_rows


class DrawnRows:
    """`rows(epoch)` of `PointBatches` from a function that draws.

    While an epoch is trained on, the next one is drawn, so that training does not wait
    for exact answers.

    Args:
        draw: `draw(epoch)` returns points and orders, a function of the epoch alone.
        problem: See `canonical`.

    >>> import numpy as np
    >>> from seqkit.data.points.drawn import DrawnRows
    >>> square = np.array([[1, 0], [1, 1], [0, 1], [0, 0]])
    >>> rows = DrawnRows(lambda epoch: ([square], [[0, 1, 2, 3]]), "hull")
    >>> rows(0)[1][0].tolist()
    [3, 0, 1, 2]
    """

    def __init__(self, draw: Callable[[int], Rows], problem: str):
        self._draw, self._problem = draw, problem
        self._thread = ThreadPoolExecutor(1)
        self._epochs: dict[int, Future] = {}

    def __call__(self, epoch: int) -> Rows:
        for one in (epoch, epoch + 1):
            if one not in self._epochs:
                self._epochs[one] = self._thread.submit(self._canonical, one)
        for one in [one for one in self._epochs if one < epoch - 1]:
            self._epochs.pop(one, None)
        return self._epochs[epoch].result()

    def _canonical(self, epoch: int) -> Rows:
        points, orders = self._draw(epoch)
        return points, canonical_rows(self._problem, points, orders)


class StoredRows:
    """`rows(epoch)` of `PointBatches` from the examples of a split, all in memory."""

    def __init__(self, examples):
        table = examples.with_format(None)[:]
        points = [np.array(one, np.float64) for one in table["points"]]
        orders = [np.array(one, np.int64) for one in table["order"]]
        self._rows: Rows = points, orders

    def __call__(self, epoch: int) -> Rows:
        return self._rows
