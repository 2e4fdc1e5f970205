"""Scores of forecasts against scikit-learn and loops."""

import numpy as np
import pytest
from sklearn.metrics import (
    mean_absolute_error,
    mean_pinball_loss,
    mean_squared_error,
)

from seqkit.metrics import ForecastScores, naive_errors

RNG = np.random.default_rng(0)
TARGETS, NOISE = RNG.standard_normal((2, 7, 5, 3))
WEIGHTS = (RNG.random((7, 5, 3)) < 0.8).astype(float)


@pytest.mark.parametrize("size", [1, 3, 7])
def test_means_over_known_values_by_batches_of_any_size(size):
    scores = ForecastScores(np.ones(3), np.full(3, 2.0))
    forecasts = TARGETS + NOISE
    for i in range(0, 7, size):
        part = slice(i, i + size)
        scores.add(TARGETS[part], forecasts[part][..., None], WEIGHTS[part])
    found, known = scores.figures(), WEIGHTS.ravel()
    pair = TARGETS.ravel(), forecasts.ravel()
    assert found["mse"] == pytest.approx(mean_squared_error(*pair, sample_weight=known))
    mae = mean_absolute_error(*pair, sample_weight=known)
    assert found["mae"] == pytest.approx(mae)


def test_mase_of_the_naive_forecast_is_one():
    values = np.cumsum(RNG.standard_normal((60, 2)), axis=0) * [1, 50]
    naive = naive_errors([values], 4)
    scores = ForecastScores([1, 1], naive)
    error = np.abs(values[4:] - values[:-4])
    scores.add(error[None], np.zeros((1, *error.shape, 1)), np.ones((1, *error.shape)))
    assert scores.figures()["mase"] == pytest.approx(1)
    assert scores.figures("ab")["variables"]["b"]["mase"] == pytest.approx(1)


def test_quantiles():
    quantiles = [0.1, 0.5, 0.9]
    forecasts = np.stack([TARGETS - 1, TARGETS + 0.2, TARGETS + NOISE], axis=-1)
    scores = ForecastScores(np.ones(3), np.ones(3), quantiles)
    scores.add(TARGETS, forecasts, WEIGHTS)
    found, known = scores.figures(), WEIGHTS.ravel()
    expected = np.mean(
        [
            mean_pinball_loss(
                TARGETS.ravel(), forecasts[..., i].ravel(), alpha=q, sample_weight=known
            )
            for i, q in enumerate(quantiles)
        ]
    )
    assert found["pinball_loss"] == pytest.approx(expected)
    inside = np.average((NOISE >= 0).ravel(), weights=known)
    assert found["coverage"] == pytest.approx(inside)
    assert found["mae"] == pytest.approx(0.2)


def test_a_variable_without_a_season():
    assert np.isnan(naive_errors([np.zeros((3, 1))], 4)).all()
    scores = ForecastScores([1.0], [np.nan])
    scores.add(np.ones((1, 1, 1)), np.zeros((1, 1, 1, 1)), np.ones((1, 1, 1)))
    assert "mase" not in scores.figures()
