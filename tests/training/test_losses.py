"""The loss against Keras's own, a NumPy loop in float64 and automatic gradients."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.training import TokenCrossentropy

B, T, V = 3, 5, 11


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    token_ids = rng.integers(0, V, (B, T)).astype("int32")
    logits = rng.normal(scale=4, size=(B, T, V)).astype("float32")
    weights = rng.integers(0, 2, (B, T)).astype("float32")
    weights[0] = 1
    return token_ids, logits, weights


def reference(token_ids, logits, weights, smoothing):
    """The loss as its docstring has it, in float64, one position after the other."""
    total = 0.0
    for place in np.ndindex(token_ids.shape):
        x = logits[place].astype("float64")
        log_probs = x - x.max() - np.log(np.exp(x - x.max()).sum())
        target = np.full(V, smoothing / V)
        target[token_ids[place]] += 1 - smoothing
        total -= weights[place] * (target * log_probs).sum()
    return total / weights.sum()


def gradient(function, x):
    """The gradient of a scalar function by the backend's own differentiation."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        x = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        return tape.gradient(y, x).numpy()
    import jax

    return np.asarray(jax.grad(function)(x))


def plain(token_ids, logits, weights, smoothing):
    """The same in a plain formula that differentiation goes through."""
    target = (1 - smoothing) * ops.one_hot(token_ids, V) + smoothing / V
    loss = -ops.sum(target * ops.log_softmax(logits, axis=-1), axis=-1)
    return ops.sum(loss * weights) / ops.sum(weights)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
def test_equals_float64_and_keras(data, smoothing):
    token_ids, logits, weights = data
    loss = float(TokenCrossentropy(smoothing)(token_ids, logits, weights))
    assert loss == pytest.approx(reference(*data, smoothing), rel=1e-5)
    own = keras.losses.CategoricalCrossentropy(
        from_logits=True,
        label_smoothing=smoothing,
        reduction="mean_with_sample_weight",
    )
    one_hot = np.eye(V)[token_ids]
    assert loss == pytest.approx(float(own(one_hot, logits, weights)), rel=1e-5)
    unweighted = TokenCrossentropy(smoothing)(token_ids, logits)
    assert float(unweighted) == pytest.approx(
        reference(token_ids, logits, np.ones((B, T)), smoothing), rel=1e-5
    )


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_gradient_equals_automatic_differentiation(data, smoothing):
    token_ids, logits, weights = data
    weights = weights * np.linspace(0.5, 2, T, dtype="float32")
    own = gradient(
        lambda x: TokenCrossentropy(smoothing)(token_ids, x, weights), logits
    )
    wanted = gradient(lambda x: plain(token_ids, x, weights, smoothing), logits)
    np.testing.assert_allclose(own, wanted, atol=1e-6)
    assert not own[weights == 0].any()


def test_gradient_inside_a_compiled_step(data):
    """Trained by it or by the plain formula, a model is the same."""
    token_ids, _, weights = data

    def train(loss):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.layers.Embedding(V, 6), keras.layers.Dense(V)])
        model.compile(keras.optimizers.SGD(0.5), loss)
        inputs = token_ids[:, ::-1]
        model.fit(inputs, token_ids, B, 4, 0, sample_weight=weights)
        return [np.array(w) for w in model.get_weights()]

    def formula(y_true, y_pred):
        target = 0.9 * ops.one_hot(ops.cast(y_true, "int32"), V) + 0.1 / V
        return -ops.sum(target * ops.log_softmax(y_pred, axis=-1), axis=-1)

    class Plain(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return formula(y_true, y_pred)

    for own, wanted in zip(
        train(TokenCrossentropy(0.1)),
        train(Plain(reduction="mean_with_sample_weight")),
        strict=True,
    ):
        np.testing.assert_allclose(own, wanted, atol=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_padding_changes_nothing(data, smoothing):
    token_ids, logits, weights = data
    loss = TokenCrossentropy(smoothing)
    more = [(0, 2), (0, 4)]
    padded = (
        np.pad(token_ids, more),
        np.pad(logits, [*more, (0, 0)], constant_values=7.0),
        np.pad(weights, more),
    )
    short = float(loss(token_ids, logits, weights))
    assert float(loss(*padded)) == pytest.approx(short, rel=1e-6)
    grown = gradient(lambda x: loss(padded[0], x, padded[2]), padded[1])
    own = gradient(lambda x: loss(token_ids, x, weights), logits)
    np.testing.assert_allclose(grown[:B, :T], own, atol=1e-7)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_logits(data, dtype):
    token_ids, logits, weights = data
    half = ops.cast(logits, dtype)
    rounded = ops.convert_to_numpy(ops.cast(half, "float32"))
    loss = TokenCrossentropy(0.1)
    wanted = reference(token_ids, rounded, weights, 0.1)
    assert float(loss(token_ids, half, weights)) == pytest.approx(wanted, rel=1e-5)
    # Without Keras's own cast too.
    values = loss.call(token_ids, half)
    assert keras.backend.standardize_dtype(values.dtype) == "float32"


def test_large_logits_do_not_overflow(data):
    token_ids, logits, weights = data
    loss = TokenCrossentropy(0.1)
    large = logits * 1e4
    wanted = reference(token_ids, large, weights, 0.1)
    assert float(loss(token_ids, large, weights)) == pytest.approx(wanted, rel=1e-5)
    assert np.isfinite(gradient(lambda x: loss(token_ids, x, weights), large)).all()


def test_configuration(data):
    loss = TokenCrossentropy(0.2, reduction="sum")
    restored = keras.losses.deserialize(keras.losses.serialize(loss))
    assert isinstance(restored, TokenCrossentropy)
    assert restored.get_config() == loss.get_config()
    assert float(restored(*data)) == float(loss(*data))


@pytest.mark.parametrize("smoothing", [-0.1, 1.0])
def test_smoothing_out_of_range(smoothing):
    with pytest.raises(ValueError, match="label_smoothing must be at least 0"):
        TokenCrossentropy(smoothing)
