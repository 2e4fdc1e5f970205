"""Attention against equations in NumPy, in float64, and its own promises."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import Attention, additive, coverage_loss
from seqkit.registries import attention_scores
from seqkit.testing.arrays import assert_close, gradients, right_padded_mask, to_numpy

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


def with_coverage(name):
    """A layer that has seen coverage: its weights are not at their first zeros."""
    layer = Attention(U, score=name, coverage=True)
    layer.build(QUERY.shape, MEMORY.shape)
    for weight in layer.weights:
        weight.assign(RNG.standard_normal(weight.shape))
    return layer


def reference_with_coverage(name, layer, score=None):
    """As `reference`, where the score adds what the steps before attended to."""
    weights = {w.name: to_numpy(w).astype("float64") for w in layer.weights}
    kernel = weights.pop("coverage_kernel" if name == "additive" else "coverage_scale")
    weights = list(weights.values())
    query, memory = QUERY.astype("float64"), MEMORY.astype("float64")
    attention = np.zeros((B, T, S))
    for b in range(B):
        kept, coverage = MASK[b].sum(), np.zeros(S)
        for t in range(T):
            scores = np.zeros(kept)
            for s in range(kept):
                q, m = query[b, t], memory[b, s]
                if name == "additive":
                    hidden = q @ weights[0] + m @ weights[1] + kernel * coverage[s]
                    scores[s] = np.tanh(hidden) @ weights[2][:, 0]
                else:
                    plain = (score or REFERENCE[name])(q, m, s, weights)
                    scores[s] = plain + kernel * coverage[s]
            exponentials = np.exp(scores - scores.max())
            attention[b, t, :kept] = exponentials / exponentials.sum()
            coverage += attention[b, t]
    return [a.astype("float32") for a in (attention @ memory, attention)]


@pytest.mark.parametrize("name", REFERENCE)
def test_coverage_enters_the_score(name):
    layer = with_coverage(name)
    got = layer(QUERY, MEMORY, memory_mask=MASK)
    assert_close(got, reference_with_coverage(name, layer), 2e-5)
    plain = Attention(U, score=name)
    plain.build(QUERY.shape, MEMORY.shape)
    plain.set_weights([to_numpy(w) for w in layer.weights if "coverage" not in w.name])
    _, weights = plain(QUERY, MEMORY, memory_mask=MASK)
    assert abs(to_numpy(got[1]) - to_numpy(weights)).max() > 1e-2


def test_a_score_of_ones_own_gets_coverage_as_a_bias():
    layer = Attention(score=negative_distance, coverage=True)
    layer.build(QUERY.shape, MEMORY.shape)
    layer.coverage_scale.assign(-3.0)
    got = layer(QUERY, MEMORY, memory_mask=MASK)
    want = reference_with_coverage(
        "own", layer, lambda q, m, s, w: -np.square(q - m).sum()
    )
    assert_close(got, want, 2e-5)


@pytest.mark.parametrize("name", ["additive", "general"])
def test_one_step_with_coverage_equals_all_of_them(name):
    layer = with_coverage(name)
    context, weights = layer(QUERY, MEMORY, memory_mask=MASK)
    keys = layer.prepare(ops.convert_to_tensor(MEMORY))
    coverage = ops.zeros((B, 1, S))
    for t in range(T):
        got = layer.attend(QUERY[:, t : t + 1], keys, MEMORY, MASK, coverage=coverage)
        assert_close(got, [context[:, t : t + 1], weights[:, t : t + 1]], 1e-5)
        coverage = coverage + got[1]


def test_coverage_of_hypotheses_is_their_own():
    layer = with_coverage("additive")
    keys = layer.prepare(ops.convert_to_tensor(MEMORY))
    coverage = RNG.random((B, T, S)).astype("float32")
    together = layer.attend(QUERY, keys, MEMORY, MASK, coverage=coverage)
    for k in range(T):
        one = slice(k, k + 1)
        got = layer.attend(QUERY[:, one], keys, MEMORY, MASK, coverage=coverage[:, one])
        assert_close(got, [together[0][:, one], together[1][:, one]], 1e-5)


@pytest.mark.parametrize("name", REFERENCE)
def test_coverage_begins_as_attention_without(name):
    plain, covered = Attention(U, score=name), Attention(U, score=name, coverage=True)
    want = plain(QUERY, MEMORY, memory_mask=MASK)
    covered.build(QUERY.shape, MEMORY.shape)
    for weight in covered.weights:
        if "coverage" in weight.name:
            assert (to_numpy(weight) == 0).all()
        else:
            same = [w for w in plain.weights if w.name == weight.name]
            weight.assign(same[0])
    assert_close(covered(QUERY, MEMORY, memory_mask=MASK), want, 1e-5)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other backends know all shapes"
)
def test_coverage_when_lengths_are_unknown():
    layer = with_coverage("additive")
    query, memory = keras.Input((None, D)), keras.Input((None, E))
    mask = keras.Input((None,), dtype="bool")
    outputs = layer(query, memory, memory_mask=mask)
    model = keras.Model([query, memory, mask], list(outputs))
    got = model.predict([QUERY, MEMORY, MASK], verbose=0)
    assert_close(got, layer(QUERY, MEMORY, memory_mask=MASK), 1e-5)


def test_coverage_gradient_is_that_of_differences():
    layer = with_coverage("additive")
    query, memory = keras.Input((T, D)), keras.Input((S, E))
    model = keras.Model([query, memory], list(layer(query, memory)))
    data = [QUERY[:1], MEMORY[:1]]
    names = [w.name for w in model.trainable_variables]
    got = gradients(model, data)[names.index("coverage_kernel")]

    def loss():
        total = 0.0
        for out in model(data):
            weights = np.random.default_rng(3).standard_normal(out.shape)
            total += (to_numpy(out).astype("float64") * weights).sum()
        return total

    kernel, step = to_numpy(layer._score.coverage_kernel), 1e-2
    want = np.zeros(U)
    for u in range(U):
        for sign in (1, -1):
            layer._score.coverage_kernel.assign(kernel + sign * step * np.eye(U)[u])
            want[u] += sign * loss() / (2 * step)
    assert_close([got], [want.astype("float32")], 2e-3)


@pytest.mark.parametrize("masked", [False, True])
def test_coverage_loss_equals_the_equations(masked):
    weights = RNG.dirichlet(np.ones(S), (B, T)).astype("float32")
    mask = right_padded_mask(B, T) if masked else np.ones((B, T), bool)
    losses = []
    for b in range(B):
        coverage = np.zeros(S)
        for t in range(T):
            if mask[b, t]:
                losses.append(np.minimum(weights[b, t], coverage).sum())
            coverage += weights[b, t]
    got = coverage_loss(weights, mask if masked else None)
    np.testing.assert_allclose(float(got), np.mean(losses), rtol=1e-5)


def test_coverage_loss_of_attention_that_never_returns_is_zero():
    assert float(coverage_loss(np.eye(S, dtype="float32")[None])) == 0
    assert float(coverage_loss(np.ones((1, 2, 1), "float32"))) == 0.5


def test_coverage_is_asked_for_where_it_is_needed():
    layer = with_coverage("dot")
    keys = layer.prepare(MEMORY)
    with pytest.raises(SeqkitError, match="coverage: expected the sum .* found None"):
        layer.attend(QUERY, keys, MEMORY)
    plain = Attention(score="dot")
    with pytest.raises(SeqkitError, match="coverage: expected None, since the layer"):
        plain.attend(QUERY, keys, MEMORY, coverage=np.zeros((B, T, S), "float32"))


def test_errors_say_what_to_do():
    with pytest.raises(SeqkitError, match="score: expected one of additive, .* 'dto'"):
        Attention(score="dto")
    for name in ("dot", "scaled_dot", "cosine"):
        with pytest.raises(SeqkitError, match="found 6 and 5. Project one of them"):
            Attention(score=name)(QUERY, MEMORY[..., :5])


@keras.saving.register_keras_serializable(package="tests")
class Bilinear(keras.layers.Layer):
    """A score that another package may register."""

    def __init__(self, units=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, query_shape, memory_shape):
        self.query = self.add_weight(shape=(query_shape[-1], self.units))
        self.memory = self.add_weight(shape=(memory_shape[-1], self.units))
        self.built = True

    def prepare(self, memory):
        return memory @ self.memory

    def call(self, query, keys):
        return ops.matmul(query @ self.query, ops.transpose(keys, (0, 2, 1)))


def zero(query, keys):
    return 0 * ops.matmul(query, ops.transpose(keys, (0, 2, 1)))


def test_a_registered_score(monkeypatch):
    monkeypatch.setattr(attention_scores, "_parts", dict(attention_scores._found()))
    attention_scores.register("bilinear", Bilinear)
    attention_scores.register("zero")(zero)
    layer = Attention(7, score="bilinear", coverage=True)
    context, weights = layer(QUERY, MEMORY)
    assert layer._score.query.shape == (QUERY.shape[-1], 7)
    again = Attention.from_config(layer.get_config())
    again.build(QUERY.shape, MEMORY.shape)
    again.set_weights(layer.get_weights())
    assert_close(again(QUERY, MEMORY), (context, weights), 1e-6)
    _, uniform = Attention(score="zero")(QUERY, QUERY)
    assert_close([uniform], [np.full(uniform.shape, 1 / T)], 1e-6)
