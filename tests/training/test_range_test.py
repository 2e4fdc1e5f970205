"""The range test on a bowl, whose highest stable rate is known."""

import keras
import numpy as np
import pytest

from seqkit.training.range_test import range_test, smooth, suggest

CURVATURE = 4.0  # of the loss below: gradient descent diverges from the rate 2 / 4 on
RATES = np.geomspace(1e-4, 100, 90).tolist()


@pytest.fixture(scope="module")
def found():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.full((1, 1), 5.0)])
    model.compile(keras.optimizers.SGD(1.0), "mse")  # (√2 w)² of the weight w
    x, y = np.full((2, 1), np.sqrt(CURVATURE / 2)), np.zeros((2, 1))
    return range_test(model, lambda step: (x, y), RATES)


def test_each_loss_is_that_of_its_step(found):
    """Gradient descent on w² · L / 2, by hand."""
    weight = 5.0
    for rate, loss in zip(RATES, found, strict=False):
        assert loss == pytest.approx(CURVATURE / 2 * weight**2, rel=1e-3, abs=1e-6)
        weight -= rate * CURVATURE * weight


def test_it_ends_where_the_loss_explodes_and_suggests_a_stable_rate(found):
    stable = 2 / CURVATURE
    assert len(found) < len(RATES) and RATES[len(found) - 1] > stable
    rate = suggest(RATES, found)
    assert rate is not None and stable / 100 < rate < stable


def test_the_average_is_pandas_s():
    import pandas as pd

    losses = np.random.default_rng(0).normal(size=20).tolist()
    expected = pd.Series(losses).ewm(alpha=0.1, adjust=True).mean()
    np.testing.assert_allclose(smooth(losses, 0.9), expected, atol=1e-9)


def test_without_a_fall_nothing_is_suggested():
    assert suggest([0.1, 1.0], [2.0, 1.99]) is None
    assert suggest([], []) is None


def test_noise_is_no_fall():
    """Batches that are easy by chance at a tiny rate suggest nothing."""
    rates = np.geomspace(1e-5, 10, 100).tolist()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        losses = 0.7 + rng.normal(0, 0.05, 100)
        losses[80:] += np.linspace(0, 3, 20)  # too high at last
        assert suggest(rates, losses.tolist()) is None
        learnt = losses - np.interp(np.arange(100), [40, 70], [0, 0.5])
        found = suggest(rates, learnt.tolist())
        assert found is not None and 1e-3 < found < 1


def test_a_loss_that_is_no_number_is_left_out():
    class Model:
        optimizer = type("Optimizer", (), {})()
        losses = iter([1.0, 0.5, float("nan")])

        def reset_metrics(self): ...

        def train_on_batch(self, x, return_dict):
            return {"loss": next(self.losses)}

    assert range_test(Model(), lambda step: (step,), [0.1, 0.2, 0.3]) == [1.0, 0.5]
