"""Positions: sinusoidal, learned, rotary, ALiBi, against NumPy."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import (
    AlibiBias,
    PositionEmbedding,
    RotaryEmbedding,
    SinusoidalPositionEncoding,
)
from seqkit.testing.arrays import assert_close, to_numpy

RNG = np.random.default_rng(0)
X = RNG.standard_normal((2, 6, 3, 8)).astype("float32")  # [B, T, H, d]


@pytest.mark.parametrize(
    "make", [SinusoidalPositionEncoding, lambda: PositionEmbedding(9)]
)
def test_one_position_at_a_time_equals_all(make):
    layer = make()
    x = X[:, :, 0]
    whole = to_numpy(layer(x))
    assert np.abs(whole[1:] - whole[:-1]).max(-1).min() > 1e-4  # no two the same
    for t in range(6):
        for start in (t, ops.convert_to_tensor(t)):
            got = layer(x[:, t : t + 1], start=start)
            assert_close([got], [whole[t : t + 1]], 1e-6)


def test_learned_positions_are_rows_of_the_table():
    layer = PositionEmbedding(9)
    got = layer(X[:, :, 0], start=3)
    assert_close([got], [to_numpy(layer.embeddings)[3:9]], 0)


@pytest.mark.parametrize("start, last", [(4, 9), (-1, 4)])
def test_positions_that_the_table_lacks_are_refused(start, last):
    layer = PositionEmbedding(9)
    message = rf"from 0 to 8 \(max_length=9\), found positions from {start} to {last}\."
    with pytest.raises(SeqkitError, match=message):
        layer(X[:, :, 0], start=start)
    with pytest.raises(SeqkitError, match="max_length: expected .* found 0"):
        PositionEmbedding(0)


def rotated(x, positions, pairing, max_wavelength=10_000):
    """Complex numbers in float64; x `[T, d]`."""
    half = x.shape[-1] // 2
    angles = np.outer(positions, max_wavelength ** (-np.arange(half) / half))
    if pairing == "half":
        first, second = x[:, :half], x[:, half:]
    else:
        first, second = x[:, ::2], x[:, 1::2]
    turned = (first + 1j * second) * np.exp(1j * angles)
    out = np.zeros(x.shape)
    if pairing == "half":
        out[:, :half], out[:, half:] = turned.real, turned.imag
    else:
        out[:, ::2], out[:, 1::2] = turned.real, turned.imag
    return out


@pytest.mark.parametrize("pairing", ["half", "interleaved"])
def test_rotary_is_a_product_of_complex_numbers(pairing):
    layer = RotaryEmbedding(max_wavelength=500, pairing=pairing)
    positions = np.array([[0, 1, 2, 3, 4, 5], [7, 5, 9, 100, 3, 3]])
    whole = to_numpy(layer(X))
    placed = to_numpy(layer(X, positions=positions))
    for b in range(2):
        for h in range(3):
            x = X[b, :, h].astype("float64")
            want = rotated(x, np.arange(6), pairing, 500)
            np.testing.assert_allclose(whole[b, :, h], want, atol=1e-5)
            want = rotated(x, positions[b], pairing, 500)
            np.testing.assert_allclose(placed[b, :, h], want, atol=1e-4)
    assert_close([layer(X, positions=positions[1])[0]], [layer(X[:1], positions=(
        positions[1:]))[0]], 1e-6)  # fmt: skip
    assert_close([layer(X[:, :, 0])], [whole[:, :, 0]], 1e-6)
    for t in range(6):
        for start in (t, ops.convert_to_tensor(t)):
            got = layer(X[:, t : t + 1], start=start)
            assert_close([got], [whole[:, t : t + 1]], 1e-6)


@pytest.mark.parametrize("pairing", ["half", "interleaved"])
def test_rotary_scores_depend_on_the_difference_alone(pairing):
    layer = RotaryEmbedding(pairing=pairing)
    query, key = X[:1, :1, 0], X[1:, 1:2, 0]

    def score(i, j):
        turned = to_numpy(layer(query, start=i)), to_numpy(layer(key, start=j))
        return float((turned[0] * turned[1]).sum())

    assert score(5, 2) == pytest.approx(score(103, 100), abs=1e-4)
    assert score(5, 2) == pytest.approx(score(3, 0), abs=1e-4)
    assert max(abs(score(i, 0) - score(0, 0)) for i in range(1, 6)) > 0.1


def test_rotary_errors_say_what_to_do():
    with pytest.raises(SeqkitError, match="one of half, interleaved, found 'both'"):
        RotaryEmbedding(pairing="both")
    with pytest.raises(SeqkitError, match="even last axis, .* found 7"):
        RotaryEmbedding()(X[..., :7])


# As the authors' code gives them.
SLOPES = {
    1: [2**-8],
    2: [2**-4, 2**-8],
    4: [2**-2, 2**-4, 2**-6, 2**-8],
    3: [2**-4, 2**-8, 2**-2],
    6: [2**-2, 2**-4, 2**-6, 2**-8, 2**-1, 2**-3],
    8: [2**-n for n in range(1, 9)],
    12: [2**-n for n in range(1, 9)] + [2 ** -(n + 0.5) for n in range(4)],
}


@pytest.mark.parametrize("num_heads", SLOPES)
def test_alibi_falls_with_the_distance(num_heads):
    layer = AlibiBias()
    bias = to_numpy(layer(np.zeros((2, num_heads, 4, 5), "float32")))
    assert bias.shape == (1, num_heads, 4, 5)
    for h, slope in enumerate(SLOPES[num_heads]):
        for i in range(4):
            for j in range(5):
                assert bias[0, h, i, j] == pytest.approx(-slope * abs(i - j), abs=1e-6)
    for t in range(4):
        one = np.zeros((2, num_heads, 1, 5), "float32")
        for start in (t, ops.convert_to_tensor(t)):
            assert_close([layer(one, start=start)], [bias[:, :, t : t + 1]], 0)
    placed = layer(
        np.zeros((2, num_heads, 2, 3), "float32"),
        query_positions=np.array([3, 1]),
        key_positions=np.array([4, 0, 2]),
    )
    assert_close([placed], [bias[:, :, [3, 1]][..., [4, 0, 2]]], 0)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other backends know all shapes"
)
def test_lengths_may_be_unknown():
    x = keras.Input((None, 3, 8))
    codes = [RotaryEmbedding()(x), RotaryEmbedding(pairing="interleaved")(x)]
    flat = keras.Input((None, 8))
    codes += [SinusoidalPositionEncoding()(flat), PositionEmbedding(9)(flat)]
    scores = keras.Input((3, None, None))
    codes += [AlibiBias()(scores)]
    model = keras.Model([x, flat, scores], codes)
    got = model([X, X[:, :, 0], np.zeros((2, 3, 4, 5), "float32")])
    assert [tuple(g.shape) for g in got] == [
        (2, 6, 3, 8), (2, 6, 3, 8), (6, 8), (6, 8), (1, 3, 4, 5)
    ]  # fmt: skip
    assert_close(got[:1], [RotaryEmbedding()(X)], 1e-6)
