"""CopyMechanism against the equations in NumPy, and its own promises."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import CopyMechanism
from seqkit.testing.arrays import assert_close, gradients, right_padded_mask, to_numpy

B, T, S, V, EXTRA = 3, 4, 6, 5, 2
RNG = np.random.default_rng(0)
LOGITS = RNG.standard_normal((B, T, V)).astype("float32")
MASK = right_padded_mask(B, S)
# Attention that keeps to the mask, over sources in which words come again: a known
# one, and an unknown one.
WEIGHTS = RNG.random((B, T, S)) * MASK[:, None]
WEIGHTS = (WEIGHTS / WEIGHTS.sum(-1, keepdims=True)).astype("float32")
IDS = np.array([[1, 5, 1, 6, 5, 5], [5, 2, 2, 2, 0, 0], [3, 0, 0, 0, 0, 0]], "int32")
CONTEXT, STATE, INPUTS = (
    RNG.standard_normal((B, T, width)).astype("float32") for width in (3, 4, 2)
)
ARGUMENTS = (LOGITS, WEIGHTS, IDS, CONTEXT, STATE, INPUTS)


def made():
    layer = CopyMechanism(EXTRA)
    layer(*ARGUMENTS)
    for weight in layer.weights:
        weight.assign(RNG.standard_normal(weight.shape))
    return layer


def reference(layer, mask=MASK):
    """Probabilities `[B, T, V + EXTRA]` and p_gen `[B, T]`, one number at a time."""
    w_h, w_s, w_x, bias = (w.astype("float64") for w in layer.get_weights())
    probabilities, p_gen = np.zeros((B, T, V + EXTRA)), np.zeros((B, T))
    for b in range(B):
        for t in range(T):
            z = CONTEXT[b, t] @ w_h + STATE[b, t] @ w_s + INPUTS[b, t] @ w_x + bias
            p_gen[b, t] = p = 1 / (1 + np.exp(-z[0]))
            exponentials = np.exp(LOGITS[b, t].astype("float64"))
            probabilities[b, t, :V] = p * exponentials / exponentials.sum()
            for s in range(S):
                if mask[b, s]:
                    probabilities[b, t, IDS[b, s]] += (1 - p) * WEIGHTS[b, t, s]
    return probabilities, p_gen


def test_equals_the_equations():
    layer = made()
    want, p_gen = reference(layer)
    got = np.exp(to_numpy(layer(*ARGUMENTS, memory_mask=MASK)).astype("float64"))
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(got.sum(-1), 1, rtol=1e-5)
    found = layer.generation_probability(CONTEXT, STATE, INPUTS)
    np.testing.assert_allclose(to_numpy(found), p_gen, rtol=1e-5)


def test_one_step_equals_all_of_them():
    layer = made()
    want = to_numpy(layer(*ARGUMENTS, memory_mask=MASK))
    for t in range(T):
        one = [a if a is IDS else a[:, t : t + 1] for a in ARGUMENTS]
        assert_close([layer(*one, memory_mask=MASK)], [want[:, t : t + 1]], 1e-5)


def test_padding_changes_nothing():
    layer = made()
    want = layer(*ARGUMENTS, memory_mask=MASK)
    weights = np.pad(WEIGHTS, ((0, 0), (0, 0), (0, 3)), constant_values=0.7)
    ids = np.pad(IDS, ((0, 0), (0, 3)), constant_values=1)
    mask = np.pad(MASK, ((0, 0), (0, 3)))
    padded = layer(LOGITS, weights, ids, *ARGUMENTS[3:], memory_mask=mask)
    assert_close([padded], [want], 1e-6)


def test_ids_out_of_range_give_nothing_to_other_rows():
    layer = made()
    ids = IDS.copy()
    ids[0, :3] = [V + EXTRA, -1, 10**6]
    got = np.exp(to_numpy(layer(LOGITS, WEIGHTS, ids, *ARGUMENTS[3:])))
    want, p_gen = reference(layer, np.ones_like(MASK))
    assert_close([got[1:]], [want[1:].astype("float32")], 1e-5)
    lost = (1 - p_gen[0]) * WEIGHTS[0, :, :3].sum(-1)
    np.testing.assert_allclose(got[0].sum(-1), 1 - lost, rtol=1e-5)


def test_log_is_finite_where_a_probability_is_not():
    """Logits that a softmax of float32 makes 0, and no attention to be copied."""
    layer = made()
    logits = LOGITS.copy()
    logits[..., 0] = -500.0
    weights = WEIGHTS * (IDS != 0)[:, None]
    query = [keras.Input(a.shape[1:], dtype=a.dtype.name) for a in ARGUMENTS]
    model = keras.Model(query, layer(*query))
    data = [logits, weights, *ARGUMENTS[2:]]
    got = to_numpy(model(data))
    assert np.isfinite(got).all()
    log_p_gen = np.log(reference(layer)[1])
    rest = logits[..., 0] - np.log(np.exp(logits).sum(-1))
    np.testing.assert_allclose(got[..., 0], log_p_gen + rest, rtol=1e-5)
    assert (got[2, :, V:] < -5e4).all()  # no unknown word in this source
    for gradient in gradients(model, data, inputs_too=True):
        assert gradient is not None and np.isfinite(gradient).all()


def test_gradient_reaches_every_occurrence_of_a_copied_word():
    """d log P(w) / d a_s = (1 - p_gen) / P(w) at each s that holds w."""
    layer = made()
    query = [keras.Input(a.shape[1:], dtype=a.dtype.name) for a in ARGUMENTS]
    target = V  # the unknown word that row 0 holds three times
    log_probabilities = layer(*query)[:1, :1, target]
    model = keras.Model(query, log_probabilities)
    floating = [a for a in ARGUMENTS if a is not IDS]
    found = gradients(model, list(ARGUMENTS), inputs_too=True)[-len(floating) :]
    probabilities, p_gen = reference(layer)
    factor = np.random.default_rng(3).standard_normal((1, 1))[0, 0]
    want = np.zeros((B, T, S))
    want[0, 0, IDS[0] == target] = (1 - p_gen[0, 0]) / probabilities[0, 0, target]
    assert_close([found[1]], [(factor * want).astype("float32")], 1e-4)
    assert (found[0] == 0).all()  # an unknown word is never generated


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other backends know all shapes"
)
def test_all_lengths_may_be_unknown():
    layer = made()
    inputs = [
        keras.Input((None,) if a is IDS else (None, a.shape[-1]), dtype=a.dtype.name)
        for a in (LOGITS, IDS, CONTEXT, STATE, INPUTS)
    ]
    weights = keras.Input((None, None))
    outputs = layer(inputs[0], weights, *inputs[1:])
    assert outputs.shape == (None, None, V + EXTRA)
    model = keras.Model([inputs[0], weights, *inputs[1:]], outputs)
    got = model.predict(list(ARGUMENTS), verbose=0)
    assert_close([got], [layer(*ARGUMENTS)], 1e-5)


def test_without_extra_words_it_only_copies_known_ones():
    layer = CopyMechanism(0)
    got = layer(LOGITS, WEIGHTS, np.minimum(IDS, V - 1), *ARGUMENTS[3:])
    assert got.shape == (B, T, V)
    np.testing.assert_allclose(np.exp(to_numpy(got)).sum(-1), 1, rtol=1e-5)


def test_the_bias_may_begin_by_generating():
    layer = CopyMechanism(0, "zeros", bias_initializer=keras.initializers.Constant(3))
    layer(LOGITS, WEIGHTS, np.minimum(IDS, V - 1), *ARGUMENTS[3:])
    p_gen = to_numpy(layer.generation_probability(*map(ops.array, ARGUMENTS[3:])))
    np.testing.assert_allclose(p_gen, 1 / (1 + np.exp(-3)), rtol=1e-6)


def test_errors_say_what_to_do():
    with pytest.raises(SeqkitError, match="max_extra: expected .* 0 or more, found -1"):
        CopyMechanism(-1)
    with pytest.raises(SeqkitError, match="expected one source length"):
        CopyMechanism(2)(LOGITS, WEIGHTS, IDS[:, :4], *ARGUMENTS[3:])
