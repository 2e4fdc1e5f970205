"""Batches of sets of points with the orders that a model shall find."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from seqkit.data.batching.bucketed import BucketedBatches
from seqkit.data.batching.buckets import BucketPlan
from seqkit.data.batching.padding import pad
from seqkit.data.batching.spec import Spec
from seqkit.special_ids import END_ID, FIRST_TEXT_ID, START_ID

Rows = tuple[Sequence[np.ndarray], Sequence[np.ndarray]]
"""Points `[n, F]` of each row, and the order of each."""


class PointBatches(BucketedBatches):
    """Padded batches of sets of points for a `PointerNetwork` (`Batches`).

    A batch is `(inputs, targets, weights)`: inputs a dictionary of `points`
    `[B, S, F]`, `lengths` `[B]` and `decoder_token_ids` `[B, T]`, `<s>` and the order
    as tokens; targets `[B, T]`, the order and `</s>`; weights `[B, T]`, 1 for a token
    and 0 for padding. Index i is the token `FIRST_TEXT_ID + i`.

    Args:
        rows: `rows(epoch)` returns points and orders of N rows. Row number i has as
            many points in every epoch.
        plan: The `BucketPlan` of the numbers of points.
        transform: Optional `transform(points, order, generator)` that returns another
            set of points with its order, drawn again for each batch.
        static_shapes: See `BucketedBatches`.

    >>> import numpy as np
    >>> from seqkit.data import BucketPlan, PointBatches
    >>> rows = [np.zeros((3, 2))], [np.array([2, 0, 1])]
    >>> plan = BucketPlan([3], batch_size=4)
    >>> inputs, targets, weights = PointBatches(lambda epoch: rows, plan).batch(0, 0)
    >>> inputs["decoder_token_ids"].tolist(), targets.tolist()
    ([[2, 6, 4, 5]], [[6, 4, 5, 3]])
    """

    def __init__(
        self,
        rows: Callable[[int], Rows],
        plan: BucketPlan,
        *,
        transform: Callable[..., tuple[np.ndarray, np.ndarray]] | None = None,
        static_shapes: bool = False,
    ):
        super().__init__(plan, static_shapes=static_shapes)
        self._rows, self.transform = rows, transform
        self.point_dim = rows(0)[0][0].shape[1]

    def _make(self, rows: np.ndarray, number: tuple[int, int, int]) -> Any:
        points, orders = self._rows(number[1])
        found = [(points[row], orders[row]) for row in rows]
        if self.transform is not None:
            generators = map(np.random.default_rng, self._seeds(number, rows))
            found = [
                self.transform(*one, generator)
                for one, generator in zip(found, generators, strict=True)
            ]
        whole = rows if self._whole is None else self._whole
        longest = max(len(orders[row]) for row in whole)
        points = [one for one, _ in found]
        orders = [order + FIRST_TEXT_ID for _, order in found]
        size, bound, length = len(rows), None, None
        if self.static_shapes:
            size, bound = self._bucket(rows)
            length = _few(1 + longest, bound + 1)
        padded = pad_points(points, bound, size)
        shape: dict[str, Any] = {"length": length, "num_rows": size}
        ids = pad(orders, **shape, first=START_ID)
        targets = pad(orders, **shape, last=END_ID)
        weights = (targets != 0).astype(np.float32)
        return {**padded, "decoder_token_ids": ids}, targets, weights

    def examples(self, epoch: int, step: int) -> np.ndarray:
        """The row of the dataset of each row of a batch that does not only fill up."""
        return self.rows(epoch, step)

    def signature(self) -> Any:
        """The `Spec`s of a batch."""
        ids = Spec((None, None), "int32")
        inputs = {
            "points": Spec((None, None, self.point_dim), "float32"),
            "lengths": Spec((None,), "int32"),
            "decoder_token_ids": ids,
        }
        return inputs, ids, Spec((None, None), "float32")


def _few(length: int, usual: int) -> int:
    """One of few lengths, at most `usual` if that is enough."""
    rounded = -(-length // 24) * 24
    return min(rounded, usual) if length <= usual else rounded


def pad_points(
    points: Sequence[np.ndarray], bound: int | None = None, num_rows: int | None = None
) -> dict[str, np.ndarray]:
    """Sets of points as `points` `[B, S, F]`, float32, and `lengths` `[B]`, int32.

    Rows that only fill up have the length 1.

    >>> from seqkit.data import pad_points
    >>> found = pad_points([np.ones((1, 2)), np.ones((3, 2))])
    >>> found["points"].shape, found["lengths"].tolist()
    ((2, 3, 2), [1, 3])
    """
    sizes = [len(one) for one in points]
    rows = len(points) if num_rows is None else num_rows
    bound = max(sizes, default=1) if bound is None else bound
    padded = np.zeros((rows, bound, points[0].shape[1]), np.float32)
    lengths = np.ones(rows, np.int32)
    lengths[: len(sizes)] = sizes
    for row, one in zip(padded, points, strict=False):
        row[: len(one)] = one
    return {"points": padded, "lengths": lengths}
