"""The rows of each batch that one of several processes makes."""

from typing import Any

from seqkit.data.batching.epochs import Epochs
from seqkit.data.batching.full_rows import filled, rows_of
from seqkit.data.batching.spec import Spec


class OwnRows(Epochs):
    """A part of each batch: of `count` parts with equally many rows the one of `index`.

    The parts, one after the other, are the batch, filled up at its end with zeros:
    padding, of weight 0. A part is made alone if the batches have `part`, as those
    of seqkit have; its sequences have the same length in all parts.

    Args:
        batches: `Batches`, the same in all processes.
        index, count: Which of how many parts.
        multiple: What the rows of the filled batch are a multiple of: the devices that
            share it. By default `count`.

    >>> import numpy as np
    >>> from seqkit.data import BatchedLanes, OwnRows, TokenStream
    >>> lanes = BatchedLanes(
    ...     TokenStream(np.arange(11, 18)), batch_size=2, sequence_length=3
    ... )
    >>> inputs, targets, weights = OwnRows(lanes, 1, 2).batch(epoch=0, step=0)
    >>> targets.tolist()
    [[15, 16, 17]]
    """

    def __init__(
        self, batches: Any, index: int, count: int, multiple: int | None = None
    ):
        self.batches, self.index, self.count = batches, index, count
        self.multiple = multiple or count

    def __len__(self) -> int:
        return len(self.batches)

    def signature(self) -> Any:
        import keras

        def part(spec):
            return Spec((None, *spec.shape[1:]), spec.dtype)

        inputs, targets, *weights = self.batches.signature()
        whole = inputs, targets, *(weights or [Spec((None,), "float32")])
        return keras.tree.map_structure(part, whole)

    def batch(self, epoch: int, step: int) -> Any:
        """The part of the batch of a step of an epoch."""
        rows, in_all = self._num_rows(epoch, step)
        each = -(-in_all // self.multiple) * self.multiple // self.count
        begin, end = self.index * each, (self.index + 1) * each
        # A part without rows of its own takes its shapes from the last row.
        first, last = min(begin, rows - 1), max(min(end, rows), 1)
        made = self._part(epoch, step, first, max(last, first + 1))
        return filled(made, each, max(0, min(end, rows) - begin))

    def _num_rows(self, epoch: int, step: int) -> tuple[int, int]:
        if hasattr(self.batches, "num_rows"):
            return self.batches.num_rows(epoch, step)
        rows = rows_of(self.batches.batch(epoch, step))
        return rows, rows

    def _part(self, epoch: int, step: int, begin: int, end: int) -> Any:
        if hasattr(self.batches, "part"):
            return self.batches.part(epoch, step, begin, end)
        import keras

        batch = self.batches.batch(epoch, step)
        rows = rows_of(batch)

        def cut(array):
            each = len(array) // rows
            return array[begin * each : end * each]

        return keras.tree.map_structure(cut, batch)
