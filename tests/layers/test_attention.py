"""Attention against equations in NumPy, in float64, and its own promises."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import Attention, additive

from .harness import assert_close, gradients, right_padded_mask, to_numpy

B, T, S, D, E, U = 3, 4, 5, 6, 6, 7
RNG = np.random.default_rng(0)
QUERY = RNG.standard_normal((B, T, D)).astype("float32")
MEMORY = RNG.standard_normal((B, S, E)).astype("float32")
MASK = right_padded_mask(B, S)


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


# The score of one query and one position s of a memory, given the layer's weights.
REFERENCE = {
    "additive": lambda q, m, s, w: np.tanh(q @ w[0] + m @ w[1]) @ w[2][:, 0],
    "dot": lambda q, m, s, w: q @ m,
    "scaled_dot": lambda q, m, s, w: q @ m / np.sqrt(D),
    "general": lambda q, m, s, w: q @ (m @ w[0]),
    "cosine": lambda q, m, s, w: np.exp(w[0]) * (unit(q) @ unit(m)),
    "location": lambda q, m, s, w: (q @ w[0])[s],
}


def reference(name, weights):
    weights = [w.astype("float64") for w in weights]
    query, memory = QUERY.astype("float64"), MEMORY.astype("float64")
    context, attention = np.zeros((B, T, E)), np.zeros((B, T, S))
    for b in range(B):
        for t in range(T):
            kept = range(MASK[b].sum())
            scores = [
                REFERENCE[name](query[b, t], memory[b, s], s, weights) for s in kept
            ]
            exponentials = np.exp(scores - np.max(scores))
            attention[b, t, kept] = exponentials / exponentials.sum()
            context[b, t] = attention[b, t] @ memory[b]
    return context, attention


@pytest.mark.parametrize("name", REFERENCE)
def test_equals_the_equations(name):
    layer = Attention(U, score=name, max_positions=S + 1)
    layer.build(QUERY.shape, MEMORY.shape)
    for weight in layer.weights:
        weight.assign(RNG.standard_normal(weight.shape))
    got = layer(QUERY, MEMORY, memory_mask=MASK)
    want = reference(name, layer.get_weights())
    assert_close(got, [w.astype("float32") for w in want], 1e-5)


@pytest.mark.parametrize("name", REFERENCE)
def test_prepared_keys_serve_each_query_alone(name):
    layer = Attention(U, score=name)
    context, weights = layer(QUERY, MEMORY, memory_mask=MASK)
    keys = layer.prepare(ops.convert_to_tensor(MEMORY))
    for t in range(T):
        got = layer.attend(QUERY[:, t : t + 1], keys, MEMORY, MASK)
        assert_close(got, [context[:, t : t + 1], weights[:, t : t + 1]], 1e-5)


def test_additive_scores_one_query_at_a_time_are_the_same(monkeypatch):
    layer = Attention(U)
    query, memory = keras.Input((T, D)), keras.Input((S, E))
    outputs = layer(query, memory)
    model = keras.Model([query, memory], list(outputs))
    data, found = [QUERY, MEMORY], {}
    for limit in (10**6, 1):
        monkeypatch.setattr(additive, "_largest_whole", lambda limit=limit: limit)
        found[limit] = [
            *map(to_numpy, model(data)),
            *gradients(model, data, inputs_too=True),
        ]
    assert len(found[1]) == 7
    assert_close(found[1], found[10**6], 1e-5)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other backends know all shapes"
)
@pytest.mark.parametrize("limit, jit_compile", [(1, False), (1000, False), (1, True)])
def test_additive_scores_when_lengths_are_unknown(monkeypatch, limit, jit_compile):
    import tensorflow as tf

    monkeypatch.setattr(additive, "_largest_whole", lambda: limit)
    scale = RNG.standard_normal(D).astype("float32")

    def function(query, memory):
        with tf.GradientTape() as tape:
            tape.watch([query, memory])
            scores = additive.additive_scores(query, memory, tf.constant(scale))
        return scores, *tape.gradient(scores, [query, memory])

    specs = [tf.TensorSpec((None, None, D)), tf.TensorSpec((None, None, E))]
    traced = tf.function(function, specs, jit_compile=jit_compile)
    want = function(tf.constant(QUERY), tf.constant(MEMORY))
    hidden = np.tanh(QUERY[:, :, None] + MEMORY[:, None])
    assert_close([want[0]], [hidden @ scale], 1e-5)
    assert_close(traced(QUERY, MEMORY), want, 1e-5)


def test_positions_behind_the_last_that_location_knows_get_no_weight():
    layer = Attention(score="location", max_positions=3)
    _, weights = layer(QUERY, MEMORY)
    assert (to_numpy(weights)[..., 3:] == 0).all()
    np.testing.assert_allclose(to_numpy(weights).sum(-1), 1, rtol=1e-6)


@keras.saving.register_keras_serializable(package="seqkit-tests")
def negative_distance(query, keys):
    return -ops.sum(ops.square(query[:, :, None] - keys[:, None]), axis=-1)


@keras.saving.register_keras_serializable(package="seqkit-tests")
class Halves(keras.layers.Layer):
    """A score with a weight and with something to prepare."""

    def build(self, query_shape, memory_shape):
        self.kernel = self.add_weight(shape=(memory_shape[-1], query_shape[-1]))

    def prepare(self, memory):
        return ops.matmul(memory, self.kernel) / 2

    def call(self, query, keys):
        return ops.matmul(query, ops.transpose(keys, (0, 2, 1)))


@pytest.mark.parametrize("make", [lambda: negative_distance, lambda: Halves()])
def test_a_score_of_ones_own_is_used_and_saved(make, tmp_path):
    query, memory = keras.Input((T, D)), keras.Input((S, E))
    model = keras.Model([query, memory], Attention(score=make())(query, memory))
    want = model([QUERY, MEMORY])
    np.testing.assert_allclose(to_numpy(want[1]).sum(-1), 1, rtol=1e-6)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert len(loaded.weights) == len(model.weights)
    assert_close(loaded([QUERY, MEMORY]), want, 1e-6)


def test_errors_say_what_to_do():
    with pytest.raises(SeqkitError, match="score: expected one of additive, .* 'dto'"):
        Attention(score="dto")
    for name in ("dot", "scaled_dot", "cosine"):
        with pytest.raises(SeqkitError, match="found 6 and 5. Project one of them"):
            Attention(score=name)(QUERY, MEMORY[..., :5])
