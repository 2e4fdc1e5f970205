"""Forecasters: every architecture, and what their forecasts may depend on."""

import keras
import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.models import Forecaster
from seqkit.registries import encoders, forecasters

RNG = np.random.default_rng(0)
X = RNG.standard_normal((3, 12, 2)).astype("float32")
SMALL = {"segment_length": 4, "hidden_dim": 8, "num_heads": 2}
BY_NAME = pytest.mark.parametrize("architecture", [*forecasters, *encoders])


def make(architecture="segrnn", **more):
    keras.utils.set_random_seed(1)
    model = Forecaster(2, 12, 6, architecture=architecture, **SMALL, **more)
    model.build()
    return model


@BY_NAME
def test_a_variable_is_forecast_from_its_own_past(architecture):
    model, other = make(architecture), X.copy()
    other[:, :, 1] = 7
    found, changed = np.array(model(X)), np.array(model(other))
    assert found.shape == (3, 6, 2, 1)
    np.testing.assert_allclose(found[..., 0, :], changed[..., 0, :], atol=1e-5)
    assert np.abs(found - changed)[..., 1, :].max() > 1e-2


@BY_NAME
def test_saved_and_loaded(architecture, tmp_path):
    model = make(architecture, num_outputs=3, num_covariates=1, num_known=2)
    inputs = {
        "values": X,
        "covariates": X[..., :1],
        "known": RNG.standard_normal((3, 6, 2)).astype("float32"),
    }
    found = np.array(model(inputs))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(np.array(again(inputs)), found, atol=1e-6)


@pytest.mark.parametrize("normalization", ["last", "standard"])
def test_a_shift_of_a_window_shifts_its_forecast(normalization):
    model = make(normalization=normalization)
    found, shifted = np.array(model(X)), np.array(model(X + 5))
    np.testing.assert_allclose(shifted, found + 5, atol=1e-4)


def test_without_normalization_the_level_counts():
    model = make(normalization=None)
    assert np.abs(np.array(model(X + 5)) - np.array(model(X)) - 5).max() > 0.1


def test_linear_is_linear():
    model = make("linear")
    kernel, bias = (np.array(w) for w in model.network.outputs.weights)
    last = X[:, -1:]
    expected = np.einsum("blv,lh->bhv", X - last, kernel) + bias[:, None] + last
    np.testing.assert_allclose(np.array(model(X))[..., 0], expected, atol=1e-5)


def test_known_variables_change_the_forecast():
    model = make(num_known=1, num_covariates=1)
    inputs = {"values": X, "covariates": X[..., :1], "known": np.zeros((3, 6, 1))}
    found = np.array(model(inputs))
    inputs["known"] = np.ones((3, 6, 1))
    assert np.abs(np.array(model(inputs)) - found).max() > 1e-3


def test_wrong_inputs():
    with pytest.raises(SeqkitError, match="expected the shape \\[B, 12, 2\\]"):
        make()(X[:, 1:])
    with pytest.raises(SeqkitError, match="expected inputs with 'known'"):
        make(num_known=1)({"values": X})
    with pytest.raises(SeqkitError, match="architecture: expected one of linear"):
        Forecaster(1, 4, 2, architecture="oracle")
