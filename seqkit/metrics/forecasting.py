"""Scores of forecasts of time series."""

from collections.abc import Sequence
from typing import Any

import numpy as np


class ForecastScores:
    """Figures of forecasts, gathered batch by batch.

    Args:
        deviations: Deviation of each variable in train, `[V]`: what a scaled error is
            multiplied by to be one of the variable itself.
        naive_errors: Mean absolute error `[V]` in train of the naive forecast, which
            repeats the value of a season before; see `naive_errors`.
        quantiles: Q numbers between 0 and 1, rising; one of them is 0.5.

    >>> import numpy as np
    >>> from seqkit.metrics import ForecastScores
    >>> scores = ForecastScores([2.0], [4.0])
    >>> scores.add(np.array([[[1.0]]]), np.array([[[[1.5]]]]), np.array([[[1.0]]]))
    >>> scores.figures()
    {'mse': 0.25, 'mae': 0.5, 'mase': 0.25}
    """

    def __init__(
        self,
        deviations: Any,
        naive_errors: Any,
        quantiles: Sequence[float] = (),
    ):
        self.deviations = np.asarray(deviations, np.float64)
        self.naive_errors = np.asarray(naive_errors, np.float64)
        self.quantiles = list(quantiles)
        size = len(self.deviations)
        self._count, self._squared, self._absolute = np.zeros((3, size))
        self._covered, self._pinball = np.zeros((2, size))

    def add(self, targets: Any, forecasts: Any, weights: Any) -> None:
        """Adds scaled targets `[B, H, V]`, forecasts `[B, H, V, Q]`, and weights."""
        targets = np.asarray(targets, np.float64)
        forecasts = np.asarray(forecasts, np.float64)
        weights = np.asarray(weights, np.float64)
        middle = self.quantiles.index(0.5) if self.quantiles else 0
        error = targets - forecasts[..., middle]
        axes = (0, 1)
        self._count += weights.sum(axes)
        self._squared += (weights * error**2).sum(axes)
        self._absolute += (weights * np.abs(error)).sum(axes)
        if self.quantiles:
            inside = (targets >= forecasts[..., 0]) & (targets <= forecasts[..., -1])
            self._covered += (weights * inside).sum(axes)
            errors, q = targets[..., None] - forecasts, np.array(self.quantiles)
            pinball = np.maximum(q * errors, (q - 1) * errors).mean(axis=-1)
            self._pinball += (weights * pinball).sum(axes)

    def figures(self, names: Sequence[str] = ()) -> dict[str, Any]:
        """The figures.

        `mse` and `mae` are of scaled values, as published tables have them; `mase` is
        the error divided by that of the naive forecast (Hyndman and Koehler 2006), the
        mean over the variables for which there is one; `coverage` the fraction of
        values between the outer quantiles. With `names` of the variables, `variables`
        has the figures of each, `mae` in its own unit.
        """
        total = self._count.sum()
        found: dict[str, Any] = {
            "mse": float(self._squared.sum() / total),
            "mae": float(self._absolute.sum() / total),
        }
        with np.errstate(divide="ignore", invalid="ignore"):
            mae = self._absolute / self._count * self.deviations
            mase = mae / self.naive_errors
        if np.isfinite(mase).any():
            found["mase"] = float(mase[np.isfinite(mase)].mean())
        if self.quantiles:
            found["coverage"] = float(self._covered.sum() / total)
            found["pinball_loss"] = float(self._pinball.sum() / total)
        if names:
            found["variables"] = {
                name: {
                    "mae": float(mae[i]),
                    "mse": float(self._squared[i] / max(self._count[i], 1e-9)),
                    "mase": float(mase[i]),
                }
                for i, name in enumerate(names)
                if self._count[i]
            }
        return found


def naive_errors(series: Sequence[np.ndarray], season: int) -> np.ndarray:
    """Mean absolute difference of values a season apart, `[V]`, missing ones left out.

    >>> import numpy as np
    >>> from seqkit.metrics.forecasting import naive_errors
    >>> naive_errors([np.array([[1.0], [2.0], [4.0]])], 1).tolist()
    [1.5]
    """
    differences = [
        np.abs(values[season:] - values[:-season])
        for values in series
        if len(values) > season
    ]
    if not differences:
        return np.full(series[0].shape[1], np.nan)
    stacked = np.concatenate(differences)
    counts = np.isfinite(stacked).sum(axis=0)
    totals = np.nansum(stacked, axis=0)
    return np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)
