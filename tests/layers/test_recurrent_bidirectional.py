"""Both directions: against Keras's wrapper, and under a mask."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.layers.bidirectional import Bidirectional
from seqkit.layers.gru import GRU
from seqkit.layers.lstm import LSTM
from seqkit.layers.recurrent_cells import recurrent_layer
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


@pytest.mark.parametrize(("cls", "name"), [(LSTM, "lstm"), (GRU, "gru")])
@pytest.mark.parametrize("implementation", ["auto", "cudnn", "loop"])
def test_both_directions_in_one_call_of_cudnn(monkeypatch, cls, name, implementation):
    """Keras tries that on JAX and PyTorch, where no other may be bypassed."""
    layer = Bidirectional(cls(H, implementation="auto"))
    expected = layer(X)
    for direction in (layer.forward_layer, layer.backward_layer):
        direction.implementation, direction._implementation_in_use = (
            implementation,
            None,
        )
    asked = []

    def joint(inputs, *states, **options):
        asked.append(True)
        half, result = expected.shape[-1] // 2, []
        for start in (0, half):
            last = expected[:, start : start + half]
            result.append((last, None, [last] * (len(states) // 2)))
        return result

    monkeypatch.setattr(keras.src.backend, f"bidirectional_{name}", joint)
    assert_close([layer(X)], [expected], 1e-5)
    assert bool(asked) == (implementation != "loop")
    in_use = {
        layer.forward_layer.implementation_in_use,
        layer.backward_layer.implementation_in_use,
    }
    assert in_use == {"loop" if implementation == "loop" else "cudnn"}


def test_weight_drop_is_not_bypassed(monkeypatch):
    layer = Bidirectional(recurrent_layer("lstm", H, weight_drop=0.5))
    layer(X)

    def joint(*args, **kwargs):
        raise AssertionError("called")

    monkeypatch.setattr(keras.src.backend, "bidirectional_lstm", joint)
    layer(X, training=True)
