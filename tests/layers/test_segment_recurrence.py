"""SegRNN's recurrence against its equations in NumPy."""

import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.layers import SegmentRecurrence

RNG = np.random.default_rng(0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru(x, h, layer):
    """A step of a GRU with `reset_after`."""
    kernel, recurrent, bias = (np.array(w) for w in layer.weights)
    x, inner = x @ kernel + bias[0], h @ recurrent + bias[1]
    (xz, xr, xh), (hz, hr, hh) = np.split(x, 3, -1), np.split(inner, 3, -1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    return z * h + (1 - z) * np.tanh(xh + r * hh)


@pytest.mark.parametrize(("steps", "horizon"), [(12, 8), (10, 6), (3, 1)])
def test_equations(steps, horizon):
    layer = SegmentRecurrence(
        horizon, segment_length=4, units=6, num_channels=3, num_outputs=2
    )
    x = RNG.standard_normal((2, steps, 2)).astype("float32")
    channels = np.array([2, 0])
    found = np.array(layer(x, channels=channels))
    padded = np.concatenate([np.repeat(x[:, :1], -steps % 4, axis=1), x], axis=1)
    kernel, bias = (np.array(w) for w in layer.projection.weights)
    h = np.zeros((2, 6))
    for segment in padded.reshape(2, -1, 8).swapaxes(0, 1):
        h = gru(np.maximum(segment @ kernel + bias, 0), h, layer.cell_layer)
    kernel, bias = (np.array(w) for w in layer.output_projection.weights)
    parts = []
    for position in np.array(layer.positions):
        vectors = np.array(layer.channel_vectors)[channels]
        p = np.concatenate([np.tile(position, (2, 1)), vectors], axis=-1)
        parts.append((gru(p, h, layer.cell_layer) @ kernel + bias).reshape(2, 4, 2))
    expected = np.concatenate(parts, axis=1)[:, :horizon]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_wrong_arguments():
    with pytest.raises(SeqkitError, match="cell: expected one of rnn, lstm, gru"):
        SegmentRecurrence(4, cell="tree")
    with pytest.raises(SeqkitError, match="units / 2: expected a whole number"):
        SegmentRecurrence(4, units=5, num_channels=2)
    layer = SegmentRecurrence(4, segment_length=2, units=4, num_channels=2)
    with pytest.raises(ValueError, match="expected channels"):
        layer(np.zeros((1, 4, 1), "float32"))
