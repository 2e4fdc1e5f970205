"""Token-weighted figures against NumPy, in whatever batches they come."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.metrics import Perplexity, TokenAccuracy

V = 9


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    token_ids = rng.integers(0, V, (12, 6)).astype("int32")
    logits = rng.normal(scale=3, size=(12, 6, V)).astype("float32")
    lengths = rng.integers(1, 7, 12)
    weights = (np.arange(6) < lengths[:, None]).astype("float32")
    return token_ids, logits, weights


def reference(token_ids, logits, weights):
    x = logits.astype("float64")
    log_probs = x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(log_probs, token_ids[..., None], axis=-1)[..., 0]
    right = logits.argmax(axis=-1) == token_ids
    return {
        Perplexity: np.exp(-(chosen * weights).sum() / weights.sum()),
        TokenAccuracy: (right * weights).sum() / weights.sum(),
    }


@pytest.mark.parametrize("metric", [Perplexity, TokenAccuracy])
@pytest.mark.parametrize("cuts", [[], [1, 2, 7], range(1, 12)])
@pytest.mark.parametrize("padding", [0, 3])
def test_neither_batches_nor_padding_matter(data, metric, cuts, padding):
    wanted = reference(*data)[metric]
    more = [(0, 0), (0, padding)]
    token_ids, logits, weights = data
    logits = np.pad(logits, [*more, (0, 0)], constant_values=5.0)
    token_ids, weights = np.pad(token_ids, more), np.pad(weights, more)
    own = metric()
    for batch in np.split(np.arange(12), cuts):
        own.update_state(token_ids[batch], logits[batch], weights[batch])
    assert float(own.result()) == pytest.approx(wanted, rel=1e-5)
    own.reset_state()
    own.update_state(token_ids, logits, weights)
    assert float(own.result()) == pytest.approx(wanted, rel=1e-5)


def test_accuracy_is_that_of_keras(data):
    own, keras_own = TokenAccuracy(), keras.metrics.SparseCategoricalAccuracy()
    own.update_state(*data)
    keras_own.update_state(*data)
    assert float(own.result()) == pytest.approx(float(keras_own.result()), rel=1e-6)


@pytest.mark.parametrize("metric", [Perplexity, TokenAccuracy])
def test_without_weights_all_count(data, metric):
    token_ids, logits, weights = data
    own = metric()
    own.update_state(token_ids, logits)
    wanted = reference(token_ids, logits, np.ones_like(weights))[metric]
    assert float(own.result()) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_logits(data, dtype):
    token_ids, logits, weights = data
    half = ops.cast(logits, dtype)
    rounded = ops.convert_to_numpy(ops.cast(half, "float32"))
    own = Perplexity()
    own.update_state(token_ids, half, weights)
    wanted = reference(token_ids, rounded, weights)[Perplexity]
    assert float(own.result()) == pytest.approx(wanted, rel=1e-5)


def test_large_logits_do_not_overflow(data):
    token_ids, logits, weights = data
    own = Perplexity()
    own.update_state(logits.argmax(axis=-1), logits * 1e4, weights)
    assert float(own.result()) == pytest.approx(1.0)


def test_nothing_seen_yet():
    assert float(Perplexity().result()) == 1.0
    assert float(TokenAccuracy().result()) == 0.0


def test_evaluate_of_a_model_reports_them(data):
    """In batches of 5, 5 and 2 rows, with as many tokens as it happens."""
    token_ids, logits, weights = data
    model = keras.Sequential([keras.Input((6, V)), keras.layers.Identity()])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss, weighted_metrics=[Perplexity(), TokenAccuracy()])
    figures = model.evaluate(
        logits,
        token_ids,
        sample_weight=weights,
        batch_size=5,
        verbose=0,
        return_dict=True,
    )
    wanted = reference(*data)
    assert figures["perplexity"] == pytest.approx(wanted[Perplexity], rel=1e-5)
    assert figures["accuracy"] == pytest.approx(wanted[TokenAccuracy], rel=1e-5)


@pytest.mark.parametrize("metric", [Perplexity, TokenAccuracy])
def test_configuration(metric):
    restored = keras.metrics.deserialize(keras.metrics.serialize(metric(name="x")))
    assert type(restored) is metric and restored.name == "x"
