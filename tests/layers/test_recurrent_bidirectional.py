"""Both directions: against Keras's wrapper, and under a mask."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.layers.bidirectional import Bidirectional
from seqkit.layers.gru import GRU
from seqkit.layers.lstm import LSTM
from seqkit.testing.arrays import assert_close, right_padded_mask

B, T, D, H = 4, 6, 5, 3
X = np.random.default_rng(0).standard_normal((B, T, D)).astype("float32")
MASK = right_padded_mask(B, T)


@pytest.mark.parametrize("merge_mode", ["concat", "sum", "mul", "ave", None])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("mask", [None, MASK], ids=["no mask", "mask"])
def test_equals_keras(merge_mode, return_sequences, mask):
    options = {"return_sequences": return_sequences, "return_state": True}
    ours = Bidirectional(LSTM(H, **options), merge_mode)
    theirs = keras.layers.Bidirectional(keras.layers.LSTM(H, **options), merge_mode)
    arguments = {} if mask is None else {"mask": ops.convert_to_tensor(mask)}
    expected = theirs(X, **arguments)
    ours.build(X.shape)
    ours.set_weights(theirs.get_weights())
    assert_close(
        keras.tree.flatten(ours(X, **arguments)), keras.tree.flatten(expected), 1e-5
    )


@pytest.mark.parametrize("cls", [LSTM, GRU])
def test_a_padded_row_equals_the_row_alone(cls):
    layer = Bidirectional(cls(H, return_sequences=True, return_state=True))
    outputs, *states = layer(X, mask=ops.convert_to_tensor(MASK))
    for row, length in enumerate(MASK.sum(axis=1)):
        alone, *alone_states = layer(X[row : row + 1, :length])
        assert_close([outputs[row, :length]], [alone[0]], 1e-5)
        assert_close([s[row] for s in states], [s[0] for s in alone_states], 1e-5)


@pytest.mark.parametrize("merge_mode", ["concat", None])
def test_stateful_with_states_and_mask(merge_mode):
    """Keras's own raises TypeError here."""
    options = {"return_sequences": True, "return_state": True, "stateful": True}
    layer = Bidirectional(LSTM(H, **options), merge_mode)
    x = keras.layers.Masking()(ops.convert_to_tensor(X * MASK[..., None]))
    first = layer(x)
    assert len(first) == (1 if merge_mode else 2) + 4
    assert np.abs(ops.convert_to_numpy(layer(x)[0] - first[0])).max() > 0


def test_implementations_are_kept():
    layer = Bidirectional(LSTM(H, implementation="loop"))
    again = Bidirectional.from_config(layer.get_config())
    assert (
        again.forward_layer.implementation
        == again.backward_layer.implementation
        == "loop"
    )
