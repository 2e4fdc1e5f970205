"""Texts with labels to padded batches."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from seqkit.data.batching.bucketed import BucketedBatches, within_length
from seqkit.data.batching.buckets import BucketPlan
from seqkit.data.batching.padding import pad
from seqkit.data.batching.spec import Spec
from seqkit.data.labels.tokenized import TokenizedTexts
from seqkit.data.sources.lines import brief, listed
from seqkit.errors import DataError


class LabelledBatches(BucketedBatches):
    """Padded batches of texts and their classes (`Batches`).

    A batch is `(inputs, targets, weights)`: inputs a dictionary of `token_ids`
    `[B, T]` int32, the text and `</s>`; targets the number of the class, `[B]` int32,
    or with `multi_label` 1 for each label of the text and 0 for the others, `[B, K]`
    float32; weights `[B]` float32.

    Args:
        texts: `TokenizedTexts`.
        names: The K labels, by number.
        plan: The `BucketPlan` of the texts' lengths.
        multi_label: Whether a text may have several labels, or none.
        class_weights: Array `[K]`: the weight of a row is that of its class. By default
            each row has the weight 1, and always with `multi_label`.
        resample: Optional `resample(texts, seeds)` that returns the ids of the texts
            without `</s>`, drawn again for each batch: subword regularization.
        ignore_unknown: Whether a row with a label that is not among the names has the
            weight 0, or with `multi_label` lacks that label; otherwise it is an error.
        static_shapes: See `BucketedBatches`. Rows that fill up hold only `</s>` and
            have the weight 0.

    Raises:
        DataError: A row has a label that is not among the names, or several or none
            without `multi_label`.
        ValueError: `class_weights` are not K finite numbers from 0 on, or are given
            with `multi_label`.
    """

    def __init__(
        self,
        texts: TokenizedTexts,
        names: Sequence[str],
        plan: BucketPlan,
        *,
        multi_label: bool = False,
        class_weights: Any = None,
        resample: Callable[..., Any] | None = None,
        ignore_unknown: bool = False,
        static_shapes: bool = False,
    ):
        super().__init__(plan, static_shapes=static_shapes)
        self.texts, self.names, self.resample = texts, list(names), resample
        self.multi_label, self.class_weights = multi_label, None
        if class_weights is not None:
            self.class_weights = self._checked(class_weights)
        self._labels, self._starts = self._numbers(texts.labels(), ignore_unknown)

    def _checked(self, weights: Any) -> np.ndarray:
        weights = np.asarray(weights, dtype=np.float32)
        if self.multi_label:
            raise ValueError("class_weights: expected None with multi_label")
        good = weights.shape == (len(self.names),) and np.isfinite(weights).all()
        if not good or (weights < 0).any():
            raise ValueError(
                f"class_weights: expected {len(self.names)} finite numbers from 0 on, "
                f"found {weights.tolist()}"
            )
        return weights

    def _numbers(
        self, labels: list[list[str]], ignore_unknown: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of all labels, row after row, and where each row starts.

        An unknown label is -1, or left out with `multi_label`.
        """
        if ignore_unknown and self.multi_label:
            names = set(self.names)
            labels = [[name for name in row if name in names] for row in labels]
        known = {name: number for number, name in enumerate(self.names)}
        numbers = []
        for row, names in enumerate(labels):
            if not self.multi_label and len(names) != 1:
                raise DataError("one label", listed(names), row=row)
            for name in names:
                if name not in known and not ignore_unknown:
                    raise DataError(
                        f"one of the labels {listed(self.names)}",
                        brief(name),
                        row=row,
                        fix="Labels are learnt from train, which must hold all of them",
                    )
                numbers.append(known.get(name, -1))
        starts = np.cumsum([0, *map(len, labels)])
        return np.array(numbers, np.int32), starts

    def _make(self, rows: np.ndarray, number: tuple[int, int, int]) -> Any:
        size, length = len(rows), None
        if self.static_shapes:
            size, length = self._bucket(rows)
        ids = self.texts.token_ids(rows)
        if self.resample is not None:
            drawn = self.resample(self.texts.texts(rows), self._seeds(number, rows))
            drawn = self.texts.ended(drawn)
            ids = drawn if length is None else within_length(drawn, ids, length + 1)
        ids += [np.array([self.texts.end_id])] * (size - len(rows))
        targets, weights = self._targets(rows, size)
        return {"token_ids": pad(ids, length)}, targets, weights

    def _targets(self, rows: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
        weights = np.zeros(size, np.float32)
        weights[: len(rows)] = 1
        if self.multi_label:
            targets = np.zeros((size, len(self.names)), np.float32)
            for target, row in zip(targets, rows, strict=False):
                target[self._labels[self._starts[row] : self._starts[row + 1]]] = 1
            return targets, weights
        targets = np.zeros(size, np.int32)
        targets[: len(rows)] = np.maximum(self._labels[rows], 0)
        if self.class_weights is not None:
            weights[: len(rows)] = self.class_weights[targets[: len(rows)]]
        weights[: len(rows)] *= self._labels[rows] >= 0
        return targets, weights

    def signature(self) -> Any:
        """The `Spec`s of a batch."""
        targets = Spec((None,), "int32")
        if self.multi_label:
            targets = Spec((None, len(self.names)), "float32")
        inputs = {"token_ids": Spec((None, None), "int32")}
        return inputs, targets, Spec((None,), "float32")
