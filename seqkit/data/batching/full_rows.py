"""Batches whose rows can be cut into equal parts."""

from typing import Any

import numpy as np

from seqkit.data.batching.batches import Batches
from seqkit.data.batching.epochs import Epochs
from seqkit.data.batching.spec import Spec
from seqkit.errors import SeqkitError


class FullRows(Epochs):
    """Batches filled up with rows of weight 0, so that devices get equal parts.

    The rows that fill up are all zeros: padding. Batches without weights get some,
    `[B]` float32. Booleans become int32, which `tf.distribute` can add up.

    Args:
        batches: Other batches, `(inputs, targets)` or `(inputs, targets, weights)`.
        multiple: What the number of rows is a multiple of.

    Raises:
        SeqkitError: An array has no rows, or not a multiple of the least number.

    >>> import numpy as np
    >>> from seqkit.data import BucketPlan, FullRows, IndexedSentences, TaggedBatches
    >>> tokens, offsets = np.array([0, 1, 0]), np.array([0, 2, 3])
    >>> sentences = IndexedSentences(["a", "rose"], tokens, offsets)
    >>> plan = BucketPlan(sentences.lengths, batch_size=3, shuffle=False)
    >>> tables = {"word_ids": np.array([4, 5])}
    >>> batches = TaggedBatches(sentences, np.array([7, 8, 7]), tables, plan)
    >>> inputs, targets, weights = FullRows(batches, 3).batch(epoch=0, step=0)
    >>> inputs["word_ids"].tolist(), weights.tolist()
    ([[4, 0], [4, 5], [0, 0]], [1.0, 1.0, 0.0])
    """

    def __init__(self, batches: Batches, multiple: int):
        self.batches, self.multiple = batches, multiple

    def __len__(self) -> int:
        return len(self.batches)

    @property
    def next_epoch(self) -> int:  # type: ignore[override]
        return self.batches.next_epoch

    @next_epoch.setter
    def next_epoch(self, epoch: int) -> None:
        self.batches.next_epoch = epoch

    def count_if_smaller(self, times: float) -> int:
        return self.batches.count_if_smaller(times)

    def heaviest(self) -> Any:
        return self._full(self.batches.heaviest())

    def batch(self, epoch: int, step: int) -> Any:
        return self._full(self.batches.batch(epoch, step))

    def _full(self, batch: Any) -> Any:
        import keras

        rows = rows_of(batch)
        full = filled(batch, rows + -rows % self.multiple, rows)
        return keras.tree.map_structure(_as_number, full)

    def signature(self) -> Any:
        import keras

        def as_number(spec):
            return Spec(spec.shape, "int32") if spec.dtype == "bool" else spec

        found = keras.tree.map_structure(as_number, self.batches.signature())
        return found if len(found) > 2 else (*found, Spec((None,), "float32"))


def rows_of(batch: Any) -> int:
    """The number of rows; arrays may have several for each, as captions of images.

    Raises:
        SeqkitError: An array has no rows, or not a multiple of the least number.
    """
    import keras

    inputs, targets, *_ = batch
    sizes = {len(array) for array in keras.tree.flatten([inputs, targets])}
    rows = min(sizes)
    if not rows or any(size % rows for size in sizes):
        raise SeqkitError(
            "batches: expected arrays of as many rows, to give each of several "
            f"devices a part, found {', '.join(map(str, sorted(sizes)))}"
        )
    return rows


def filled(batch: Any, rows: int, real: int) -> Any:
    """A batch with `rows` rows: its first `real` ones, then zeros of weight 0."""
    import keras

    inputs, targets, *weights = batch
    had = rows_of(batch)
    if not weights:
        most = max(len(array) for array in keras.tree.flatten([inputs, targets]))
        weights = [np.ones(most, np.float32)]

    def full(array):
        array = np.asarray(array)
        each = len(array) // had
        pad = [(0, (rows - real) * each), *[(0, 0)] * (array.ndim - 1)]
        return np.pad(array[: real * each], pad) if rows > real else array

    return keras.tree.map_structure(full, (inputs, targets, *weights))


def _as_number(array: np.ndarray) -> np.ndarray:
    return array.astype(np.int32) if array.dtype == bool else array
