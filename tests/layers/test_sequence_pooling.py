"""One vector for a sequence, against a NumPy loop over rows in float64."""

import keras
import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.layers import SequencePooling
from seqkit.testing.arrays import assert_close, gradients, to_numpy

B, T, D, U = 4, 5, 3, 2
LENGTHS = [5, 1, 3, 0]
RNG = np.random.default_rng(0)
X = RNG.standard_normal((B, T, D)).astype("float32") - 3  # what padding gives is above
MASK = np.arange(T) < np.array(LENGTHS)[:, None]
RUBBISH = np.where(MASK[:, :, None], X, np.nan)
MODES = ("max", "mean", "last", "attention")


def make(mode, **kwargs):
    layer = SequencePooling(mode, units=U, **kwargs)
    layer.build((None, None, D))
    rng = np.random.default_rng(1)
    for weight in layer.weights:
        weight.assign(rng.standard_normal(weight.shape))
    return layer


def attention(layer, steps):
    kernel, bias, context = (w.astype("float64") for w in layer.get_weights())
    scores = np.tanh(steps @ kernel + bias) @ context[:, 0]
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def reference(layer, steps):
    """The vector of one row, by the definition."""
    if not len(steps):
        return np.zeros(D)
    if layer.mode == "attention":
        return attention(layer, steps) @ steps
    how = {"max": np.max, "mean": np.mean, "last": lambda x, axis: x[-1]}
    return how[layer.mode](steps, axis=0)


@pytest.mark.parametrize("mode", MODES)
def test_it_is_its_definition(mode):
    layer = make(mode)
    rows = [X[b, :n].astype("float64") for b, n in enumerate(LENGTHS)]
    want = np.stack([reference(layer, row) for row in rows])
    np.testing.assert_allclose(to_numpy(layer(RUBBISH, mask=MASK)), want, atol=1e-5)
    for x in (X, X[:, :1]):
        whole = np.stack([reference(layer, row) for row in x.astype("float64")])
        np.testing.assert_allclose(to_numpy(layer(x)), whole, atol=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_no_gradient_reaches_padding(mode):
    inputs, mask = keras.Input((T, D)), keras.Input((T,), dtype="bool")
    model = keras.Model([inputs, mask], make(mode)(inputs, mask=mask))
    found = gradients(model, [X, MASK], inputs_too=True)[-1]
    assert (found[~MASK] == 0).all()
    assert (np.abs(found[LENGTHS.index(1), 0]) > 0).all()
    assert np.isfinite(found).all()


def test_weights_of_attention():
    layer = make("attention")
    weights = to_numpy(layer.attention_weights(X, MASK))
    for row, length in enumerate(LENGTHS):
        if length:
            want = attention(layer, X[row, :length].astype("float64"))
            np.testing.assert_allclose(weights[row, :length], want, atol=1e-6)
    assert (weights[~MASK] == 0).all()
    assert SequencePooling("attention")(X).shape == (B, D)  # as wide as what it reads


@pytest.mark.parametrize("mode", ["mean", "attention"])
def test_long_texts_in_half_precision(mode):
    x = np.full((1, 3000, D), 40.0, "float32")
    x[0, 0] = 0
    layer, exact = make(mode, dtype="mixed_float16"), make(mode)
    assert_close([layer(x.astype("float16"))], [exact(x)], 2e-2)


def test_an_unknown_mode_is_named():
    with pytest.raises(SeqkitError, match="mode: expected one of max, .* found 'sum'"):
        SequencePooling("sum")
