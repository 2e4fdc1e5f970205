"""The loss of an epoch: the mean over all weights, however rows are batched."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.training import TokenCrossentropy
from seqkit.training.mean_loss import weigh_loss

V, ROWS, T = 5, 7, 4
RNG = np.random.default_rng(0)
TOKENS = RNG.integers(1, V, (ROWS, T))
TARGETS = RNG.integers(1, V, (ROWS, T))
LENGTHS = np.array([4, 1, 2, 0, 3, 1, 4])  # a row of weight 0 fills a batch up
WEIGHTS = (np.arange(T) < LENGTHS[:, None]).astype("float32")


class Penalized(keras.layers.Layer):
    def call(self, x):
        self.add_loss(0.25 * ops.mean(ops.ones_like(x)))
        return x


def compiled(*layers, steps=1):
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input((T,), dtype="int32"), keras.layers.Embedding(V, V), *layers]
    )
    model.layers[0].set_weights([np.linspace(-2, 2, V * V).reshape(V, V)])
    loss = TokenCrossentropy()
    if keras.backend.backend() == "torch":
        steps = 1
    model.compile(keras.optimizers.SGD(0.0), loss, steps_per_execution=steps)
    weigh_loss(model)
    weigh_loss(model)  # once more changes nothing
    return model


def expected(weights):
    """The mean cross-entropy of all tokens by their weights, in NumPy."""
    logits = np.linspace(-2, 2, V * V).reshape(V, V)[TOKENS]
    log_probs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    losses = -np.take_along_axis(log_probs, TARGETS[..., None], -1)[..., 0]
    return (losses * weights).sum() / weights.sum()


@pytest.mark.parametrize("size", [2, 3, 7])
def test_it_is_the_mean_of_all_tokens(size):
    model = compiled(steps=2)
    found = model.evaluate(TOKENS, TARGETS, size, 0, WEIGHTS)
    assert found == pytest.approx(expected(WEIGHTS), rel=1e-5)
    (found,) = model.fit(
        TOKENS, TARGETS, size, 1, 0, sample_weight=WEIGHTS, shuffle=False
    ).history["loss"]
    assert found == pytest.approx(expected(WEIGHTS), rel=1e-5)


def test_without_weights_it_is_the_mean_of_all_rows():
    found = compiled().evaluate(TOKENS, TARGETS, 3, 0)
    assert found == pytest.approx(expected(np.ones((ROWS, T))), rel=1e-5)


def test_what_a_model_adds_counts_too():
    found = compiled(Penalized()).evaluate(TOKENS, TARGETS, 3, 0, WEIGHTS)
    assert found == pytest.approx(expected(WEIGHTS) + 0.25, rel=1e-5)


def test_a_model_that_is_compiled_anew_has_the_mean_of_keras():
    model = compiled()
    model.compile(loss=TokenCrossentropy())
    found = model.evaluate(TOKENS, TARGETS, 3, 0, WEIGHTS)
    parts = [slice(i, i + 3) for i in range(0, ROWS, 3)]
    losses = [
        ops.convert_to_numpy(model.loss(TARGETS[i], model(TOKENS[i]), WEIGHTS[i]))
        for i in parts
    ]
    assert found == pytest.approx(np.average(losses, weights=[3, 3, 1]), rel=1e-5)
    assert [one.name for one in model.metrics].count("loss") == 1


def test_a_loss_that_is_no_number_is_seen():
    model = compiled()
    model.layers[0].set_weights([np.full((V, V), np.nan)])
    assert not np.isfinite(model.evaluate(TOKENS, TARGETS, 3, 0, WEIGHTS))
    assert ops.isnan(model.metrics[0].result())
