"""Batches whose rows a `BucketPlan` chooses."""

import abc
import copy
from typing import Any

import numpy as np

from seqkit.data.batching.buckets import BucketPlan
from seqkit.data.batching.epochs import Epochs


class BucketedBatches(Epochs):
    """`Batches` of the rows that a `BucketPlan` chooses.

    A subclass defines `signature`, and `_make(rows, number)`, which makes a batch of
    the rows with these numbers. Its number is (seed, epoch, step); all that is random
    in a batch must come from it.

    Args:
        plan: The `BucketPlan`.
        static_shapes: Whether to pad every batch to the bounds of its bucket, in length
            and in rows, so that there are no more shapes than buckets and XLA compiles
            each once. A row whose draw by subword regularization does not fit its
            bucket keeps its own ids.
    """

    def __init__(self, plan: BucketPlan, *, static_shapes: bool = False):
        self.plan, self.static_shapes = plan, static_shapes
        self._planned: tuple[int, list[np.ndarray]] | None = None
        self._whole: np.ndarray | None = None  # the rows of a batch, of a part of it
        self._before = 0  # how many of them are before those of the part

    @abc.abstractmethod
    def _make(self, rows: np.ndarray, number: tuple[int, int, int]) -> Any:
        """Makes a batch of some rows."""

    def __len__(self) -> int:
        return self.plan.num_batches

    def heaviest(self) -> Any:
        """The batch of the first epoch with the most padded tokens."""
        bounds, planned = self.plan.bounds, self.plan.batches(0)
        sizes = [len(rows) * int(bounds[rows].max()) for rows in planned]
        return self.batch(0, int(np.argmax(sizes)))

    def count_if_smaller(self, times: float) -> int:
        return self.plan.smaller(times).num_batches

    def batch(self, epoch: int, step: int) -> Any:
        """The batch of a step of an epoch."""
        return self._make(self.rows(epoch, step), (self.plan.seed, epoch, step))

    def rows(self, epoch: int, step: int) -> np.ndarray:
        """The rows of a batch, by the plan."""
        planned = self._planned
        if planned is None or planned[0] != epoch:
            # A local name, since another iteration may be in another epoch meanwhile.
            planned = self._planned = epoch, self.plan.batches(epoch)
        return planned[1][step]

    def examples(self, epoch: int, step: int) -> np.ndarray:
        """The example of each row of a batch that does not only fill it up."""
        return self.rows(epoch, step)

    def num_rows(self, epoch: int, step: int) -> tuple[int, int]:
        """How many rows a batch has, without and with those that only fill it up."""
        rows = self.rows(epoch, step)
        return len(rows), self._bucket(rows)[0] if self.static_shapes else len(rows)

    def part(self, epoch: int, step: int, begin: int, end: int) -> Any:
        """Some rows of a batch, made alone; as long as the batch with static shapes."""
        rows = self.rows(epoch, step)
        part = copy.copy(self)
        part._whole, part._before = rows, begin
        return part._make(rows[begin:end], (self.plan.seed, epoch, step))

    @staticmethod
    def _seeds(number: tuple[int, int, int], rows: np.ndarray) -> np.ndarray:
        """A seed for what is drawn for each row, whichever batch it is in."""
        (first,) = np.random.SeedSequence(number[:2]).generate_state(1).tolist()
        return (first + 0x9E3779B1 * np.asarray(rows, np.uint64)) % 2**32

    def _bucket(self, rows: np.ndarray) -> tuple[int, int]:
        """Rows and length of the static shape for some rows."""
        if self._whole is not None:
            return len(rows), int(self.plan.bounds[self._whole].max())
        bound = int(self.plan.bounds[rows].max())
        return self.plan.rows(bound), bound


def within_length(drawn: Any, own: Any, max_length: int) -> list[Any]:
    """The ids drawn for each row, or its own if those and `</s>` are too many."""
    return [
        new if len(new) < max_length else old
        for new, old in zip(drawn, own, strict=True)
    ]
