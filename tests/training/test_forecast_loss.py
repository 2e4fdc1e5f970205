"""The losses of forecasts against NumPy."""

import keras
import numpy as np
import pytest
from sklearn.metrics import mean_pinball_loss

from seqkit.errors import SeqkitError
from seqkit.training import ForecastLoss

RNG = np.random.default_rng(0)
Y, OUT = RNG.standard_normal((4, 5, 2)), RNG.standard_normal((4, 5, 2, 3))
W = (RNG.random((4, 5, 2)) < 0.7).astype("float32")


@pytest.mark.parametrize(("kind", "of"), [("squared", np.square), ("absolute", np.abs)])
def test_mean_over_known_values(kind, of):
    found = ForecastLoss(kind)(Y, OUT[..., :1], sample_weight=W)
    expected = np.average(of(Y - OUT[..., 0]), weights=W)
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_pinball_against_scikit_learn():
    quantiles = [0.1, 0.5, 0.9]
    found = float(ForecastLoss(quantiles=quantiles)(Y, OUT, sample_weight=W))
    expected = np.mean(
        [
            mean_pinball_loss(
                Y.ravel(), OUT[..., i].ravel(), alpha=q, sample_weight=W.ravel()
            )
            for i, q in enumerate(quantiles)
        ]
    )
    assert found == pytest.approx(expected, rel=1e-5)


def test_config():
    loss = ForecastLoss(quantiles=[0.1, 0.5])
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.quantiles == [0.1, 0.5]
    with pytest.raises(SeqkitError, match="expected squared or absolute"):
        ForecastLoss("cubic")
