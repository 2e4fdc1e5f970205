"""PointerAttention against the equation in NumPy, and its own promises."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import Attention, PointerAttention, pointed_before
from seqkit.testing.arrays import assert_close, right_padded_mask, to_numpy

B, T, S, D, E, U = 3, 4, 5, 6, 3, 7
RNG = np.random.default_rng(0)
QUERY = RNG.standard_normal((B, T, D)).astype("float32")
MEMORY = RNG.standard_normal((B, S, E)).astype("float32")
WIDE = RNG.standard_normal((B, S, D)).astype("float32")  # of the query's width
MASK = right_padded_mask(B, S)
POINTED = RNG.random((B, T, S)) < 0.4


def softmax(x):
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("clipping", [None, 2.0])
def test_equals_the_equation(clipping):
    layer = PointerAttention(U, logit_clipping=clipping)
    got = to_numpy(layer(QUERY, MEMORY, memory_mask=MASK))
    w2, w1, v = (w.astype("float64") for w in layer.get_weights())
    for b in range(B):
        for t in range(T):
            for s in range(MASK[b].sum()):
                u = v[:, 0] @ np.tanh(w1.T @ MEMORY[b, s] + w2.T @ QUERY[b, t])
                u = u if clipping is None else clipping * np.tanh(u)
                np.testing.assert_allclose(got[b, t, s], u, rtol=1e-4, atol=1e-5)
    probabilities = softmax(got.astype("float64"))
    assert (probabilities * ~MASK[:, None] == 0).all()
    np.testing.assert_allclose(probabilities.sum(-1), 1)


@pytest.mark.parametrize(
    "score", ["additive", "dot", "scaled_dot", "general", "cosine", "location"]
)
def test_softmax_is_the_weights_of_attention_with_the_same_score(score):
    attention = Attention(U, score=score)
    _, weights = attention(QUERY, WIDE, memory_mask=MASK)
    layer = PointerAttention(U, score=score)
    layer.build(QUERY.shape, WIDE.shape)
    layer.set_weights(attention.get_weights())
    logits = layer(QUERY, WIDE, memory_mask=MASK)
    assert_close([ops.softmax(logits)], [weights], 1e-5)


def test_positions_pointed_at_get_no_probability():
    layer = PointerAttention(U)
    free = to_numpy(layer(QUERY, MEMORY, memory_mask=MASK))
    got = to_numpy(layer(QUERY, MEMORY, memory_mask=MASK, pointed_mask=POINTED))
    open_ = MASK[:, None] & ~POINTED
    np.testing.assert_array_equal(got[open_], free[open_])
    some = open_.any(-1)
    assert 0 < some.sum() < some.size  # rows with a choice, and one without
    assert (softmax(got)[some] * ~open_[some] == 0).all()
    assert np.isfinite(got).all()
    np.testing.assert_allclose(softmax(got)[~some], 1 / S, rtol=1e-6)


@pytest.mark.parametrize("score", ["additive", "general", "location"])
def test_one_step_equals_all_of_them(score):
    layer = PointerAttention(U, score=score)
    want = layer(QUERY, MEMORY, memory_mask=MASK, pointed_mask=POINTED)
    keys = layer.prepare(ops.convert_to_tensor(MEMORY))
    for t in range(T):
        one = slice(t, t + 1)
        got = layer.attend(QUERY[:, one], keys, MASK, POINTED[:, one])
        assert_close([got], [want[:, one]], 1e-5)


def test_pointed_before_knows_the_steps_before():
    indices = RNG.integers(0, S, (B, T))
    got = to_numpy(pointed_before(indices, S))
    for b in range(B):
        for t in range(T):
            for s in range(S):
                assert got[b, t, s] == (s in indices[b, :t])


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other backends know all shapes"
)
def test_lengths_may_be_unknown_and_differ():
    query, memory = keras.Input((None, D)), keras.Input((None, E))
    layer = PointerAttention(U)
    model = keras.Model([query, memory], layer(query, memory))
    assert model.output.shape == (None, None, None)
    for length in (S, 2):
        got = model.predict([QUERY, MEMORY[:, :length]], verbose=0)
        assert_close([got], [layer(QUERY, MEMORY[:, :length])], 1e-5)


def test_it_learns_to_point_at_the_largest():
    keras.utils.set_random_seed(0)
    numbers = RNG.random((256, S, 1)).astype("float32")
    points = keras.Input((S, 1))
    memory = keras.layers.Dense(8, activation="tanh")(points)
    logits = PointerAttention(8)(memory[:, :1] * 0, memory)
    model = keras.Model(points, logits)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.05), loss)
    model.fit(numbers, numbers.argmax(1), epochs=15, batch_size=64, verbose=0)
    found = model.predict(numbers, verbose=0)[:, 0].argmax(-1)
    assert (found == numbers[..., 0].argmax(-1)).mean() > 0.9


def test_errors_say_what_to_do():
    with pytest.raises(SeqkitError, match="score: expected one of additive, .* 'dto'"):
        PointerAttention(score="dto")
    with pytest.raises(SeqkitError, match="logit_clipping: expected .* above 0.* -1"):
        PointerAttention(logit_clipping=-1)
    with pytest.raises(SeqkitError, match="found 6 and 3. Project one of them"):
        PointerAttention(score="dot")(QUERY, MEMORY)
