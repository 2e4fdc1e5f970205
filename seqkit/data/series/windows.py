"""Windows of time series, and their batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.data.batching.epochs import Epochs
from seqkit.data.batching.spec import Spec


@dataclass
class ScaledSeries:
    """A series in the model's scale, without gaps.

    Attributes:
        values: Targets `[T, V]`; where one is missing, the last that was seen.
        observed: `[T, V]`, whether a value was seen.
        covariates: What is known up to now, `[T, C + F]`.
        known: What is known ahead, `[T, F]`.
        begin: The first row that may be forecast; rows before it are context alone.
        times: `[T]`, strings.
    """

    values: np.ndarray
    observed: np.ndarray
    covariates: np.ndarray
    known: np.ndarray
    begin: int
    times: list[str]


def filled(values: np.ndarray) -> np.ndarray:
    """Values `[T, V]` with the last one seen where one is missing; before any, 0.

    >>> import numpy as np
    >>> from seqkit.data.series.windows import filled
    >>> filled(np.array([[np.nan], [1.0], [np.nan], [2.0]])).ravel().tolist()
    [0.0, 1.0, 1.0, 2.0]
    """
    seen = np.isfinite(values)
    if seen.all():
        return values
    rows = np.where(seen, np.arange(len(values))[:, None], -1)
    last = np.maximum.accumulate(rows, axis=0)
    found = np.take_along_axis(values, np.maximum(last, 0), axis=0)
    return np.where(last < 0, 0.0, found)


class WindowBatches(Epochs):
    """Batches of windows: a past to read and the future to forecast.

    A window whose future holds no value that was seen is left out. The last batch of an
    epoch may be smaller; no window is dropped.

    Args:
        series: `ScaledSeries`, one or more.
        look_back: Steps of the past, L.
        horizon: Steps of the future, H.
        batch_size: Windows per batch.
        shuffle: Whether each epoch has an order of its own.
        seed: Seed of the order.

    A batch is `(inputs, targets [B, H, V], weights [B, H, V])`, weights 0 where a value
    is missing. Inputs are values `[B, L, V]`, covariates `[B, L, C + F]` and known
    `[B, H, F]`.

    >>> import numpy as np
    >>> from seqkit.data import ScaledSeries, WindowBatches
    >>> values = np.arange(6.0)[:, None]
    >>> none = np.zeros((6, 0))
    >>> one = ScaledSeries(values, values >= 0, none, none, 0, [""] * 6)
    >>> batches = WindowBatches([one], look_back=3, horizon=2, batch_size=8)
    >>> inputs, targets, weights = batches.batch(0, 0)
    >>> inputs["values"][..., 0].tolist(), targets[..., 0].tolist()
    ([[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]], [[3.0, 4.0], [4.0, 5.0]])
    """

    def __init__(
        self,
        series: Sequence[ScaledSeries],
        *,
        look_back: int,
        horizon: int,
        batch_size: int = 32,
        shuffle: bool = False,
        seed: int = 0,
    ):
        self.series = list(series)
        self.look_back, self.horizon = look_back, horizon
        self.batch_size, self.shuffle, self.seed = batch_size, shuffle, seed
        found = [self._starts(number) for number in range(len(self.series))]
        self.windows = np.concatenate(found) if found else np.zeros((0, 2), np.int64)
        self._ordered: tuple[int, np.ndarray] | None = None

    def _starts(self, number: int) -> np.ndarray:
        """Pairs of the series and the first row of a window's future."""
        one = self.series[number]
        first = max(one.begin, self.look_back)
        starts = np.arange(first, len(one.values) - self.horizon + 1)
        seen = np.concatenate([[0], np.cumsum(one.observed.any(axis=1))])
        starts = starts[seen[starts + self.horizon] > seen[starts]]
        return np.stack([np.full_like(starts, number), starts], axis=1)

    @property
    def num_windows(self) -> int:
        """Windows per epoch."""
        return len(self.windows)

    def __len__(self) -> int:
        return -(-len(self.windows) // self.batch_size)

    def count_if_smaller(self, times: float) -> int:
        """Batches per epoch, if each had so many times fewer windows."""
        return -(-len(self.windows) // max(1, int(self.batch_size / times)))

    def _order(self, epoch: int) -> np.ndarray:
        ordered = self._ordered
        if ordered is None or ordered[0] != epoch:
            order = np.arange(len(self.windows))
            if self.shuffle:
                order = np.random.default_rng([self.seed, epoch]).permutation(order)
            ordered = self._ordered = epoch, order
        return ordered[1]

    def batch(self, epoch: int, step: int) -> Any:
        """The batch of a step of an epoch."""
        return self.part(epoch, step, 0, self.batch_size)

    def examples(self, epoch: int, step: int) -> np.ndarray:
        """The window of each row of a batch."""
        first = step * self.batch_size
        return self._order(epoch)[first : first + self.batch_size]

    def num_rows(self, epoch: int, step: int) -> tuple[int, int]:
        """How many rows a batch has, without and with those that only fill it up."""
        rows = min(self.batch_size, len(self.windows) - step * self.batch_size)
        return rows, rows

    def part(self, epoch: int, step: int, begin: int, end: int) -> Any:
        """Some windows of a batch, made alone."""
        chosen = self.windows[self.examples(epoch, step)[begin:end]]
        rows = [(self.series[number], start) for number, start in chosen]
        past = [(one, slice(start - self.look_back, start)) for one, start in rows]
        future = [(one, slice(start, start + self.horizon)) for one, start in rows]
        inputs = {
            "values": _stack(one.values[part] for one, part in past),
            "covariates": _stack(one.covariates[part] for one, part in past),
            "known": _stack(one.known[part] for one, part in future),
        }
        targets = _stack(one.values[part] for one, part in future)
        weights = _stack(one.observed[part] for one, part in future)
        return inputs, targets, weights

    def signature(self) -> Any:
        """The `Spec`s of a batch."""
        one = self.series[0]
        past, future = (None, self.look_back), (None, self.horizon)
        inputs = {
            "values": Spec((*past, one.values.shape[1]), "float32"),
            "covariates": Spec((*past, one.covariates.shape[1]), "float32"),
            "known": Spec((*future, one.known.shape[1]), "float32"),
        }
        targets = Spec((*future, one.values.shape[1]), "float32")
        return inputs, targets, targets


def _stack(arrays: Any) -> np.ndarray:
    return np.stack(list(arrays)).astype(np.float32)
