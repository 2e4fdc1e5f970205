"""Blocks of the Transformer: equations, norms, causality, steps."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.layers import (
    FeedForward,
    SinusoidalPositionEncoding,
    TransformerDecoder,
    TransformerEncoder,
)
from seqkit.testing.arrays import assert_close, right_padded_mask, to_numpy

B, T, S, D = 2, 5, 4, 8
RNG = np.random.default_rng(0)
X = RNG.standard_normal((B, T, D)).astype("float32")
MEMORY = RNG.standard_normal((B, S, D)).astype("float32")
MASK = right_padded_mask(B, S)


@pytest.mark.parametrize("start", [0, 7])
@pytest.mark.parametrize("size", [1, 6, 7])
def test_positions_follow_the_paper(start, size):
    got = to_numpy(SinusoidalPositionEncoding()(np.zeros((1, 5, size)), start=start))
    for p in range(5):
        for column in range(size):
            i = column // 2
            angle = (start + p) / 10000 ** (2 * i / size)
            want = np.cos(angle) if column % 2 else np.sin(angle)
            assert got[p, column] == pytest.approx(want, abs=1e-5)


def test_feed_forward_follows_the_paper():
    layer = FeedForward(16)
    got = layer(X)
    for bias in (layer.bias_in, layer.bias_out):
        bias.assign(RNG.standard_normal(bias.shape))
    got = to_numpy(layer(X))
    w1, b1, w2, b2 = (w.astype("float64") for w in layer.get_weights())
    np.testing.assert_allclose(got, np.maximum(X @ w1 + b1, 0) @ w2 + b2, atol=1e-5)


@pytest.mark.parametrize("normalize_first", [True, False])
def test_encoder_is_its_parts_with_residuals(normalize_first):
    block = TransformerEncoder(2, 16, normalize_first=normalize_first)
    got = block(X)

    def half(name, function, x):
        norm = getattr(block, f"{name}_norm")
        return x + function(norm(x)) if normalize_first else norm(x + function(x))

    want = half("attention", block.attention, X)
    want = half("feed_forward", block.feed_forward, want)
    assert_close([got], [want], 1e-6)


@pytest.mark.parametrize("normalize_first", [True, False])
def test_decoder_looks_at_nothing_later(normalize_first):
    block = TransformerDecoder(2, 16, normalize_first=normalize_first)
    whole = block(X, MEMORY, memory_mask=MASK)
    for t in range(1, T):
        assert_close([block(X[:, :t], MEMORY, memory_mask=MASK)], [whole[:, :t]], 1e-5)


@pytest.mark.parametrize("normalize_first", [True, False])
def test_decoder_in_steps_equals_whole_sequences(normalize_first):
    """K hypotheses side by side that share nothing, in one cache."""
    num_beams = 3
    beams = RNG.standard_normal((B, num_beams, T, D)).astype("float32")
    block = TransformerDecoder(2, 16, normalize_first=normalize_first)
    whole = [
        block(beams[:, k], MEMORY, memory_mask=MASK, return_attention_scores=True)
        for k in range(num_beams)
    ]
    cache = block.empty_cache(B, T * num_beams)
    keys, values = block.project_memory(ops.convert_to_tensor(MEMORY))
    slot = np.arange(T * num_beams)
    for t in range(T):
        own = slot % num_beams == np.arange(num_beams)[:, None]
        seen = own & (slot // num_beams <= t)
        mask = np.broadcast_to(seen, (B, 1, *seen.shape))
        out, cache, weights = block.step(
            ops.convert_to_tensor(beams[:, :, t]),
            cache,
            t,
            mask,
            keys,
            values,
            MASK[:, None, None],
        )
        for k in range(num_beams):
            assert_close([out[:, k]], [whole[k][0][:, t]], 1e-5)
            assert_close([weights[:, :, k]], [whole[k][1][:, :, t]], 1e-5)


def test_dropout_is_drawn_in_training_alone():
    block = TransformerDecoder(2, 16, dropout=0.5)
    assert_close([block(X, MEMORY)], [block(X, MEMORY)], 0)
    dropped = to_numpy(block(X, MEMORY, training=True))
    assert np.abs(dropped - to_numpy(block(X, MEMORY))).max() > 1e-2


def test_blocks_leave_keras_masks_alone():
    """A mask that travels with the tensors is neither used nor taken away."""
    memory = keras.layers.Masking()(MEMORY)
    block = TransformerDecoder(2, 16)
    first, second = block(X, memory), block(X, memory)
    assert_close([first], [second], 0)


def test_weights_are_an_output_of_a_functional_model():
    block = TransformerDecoder(2, 16)
    inputs = keras.Input((T, D)), keras.Input((S, D))
    outputs = block(*inputs, return_attention_scores=True)
    assert [tuple(x.shape) for x in outputs] == [(None, T, D), (None, 2, T, S)]
    got = keras.Model(inputs, outputs)([X, MEMORY])
    assert_close(got, block(X, MEMORY, return_attention_scores=True), 1e-5)
