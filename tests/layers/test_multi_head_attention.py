"""MultiHeadAttention against Keras's layer with the same weights."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.layers import MultiHeadAttention
from seqkit.layers.multi_head_attention import masked_softmax
from seqkit.testing.arrays import assert_close, right_padded_mask, to_numpy

B, T, S, D = 3, 4, 5, 6
RNG = np.random.default_rng(0)
QUERY = RNG.standard_normal((B, T, D)).astype("float32")
VALUE = RNG.standard_normal((B, S, 8)).astype("float32")
KEY = RNG.standard_normal((B, S, 7)).astype("float32")


def pair(**kwargs):
    """Our layer and Keras's."""
    ours = dict(kwargs)
    if "output_shape" in ours:
        ours["output_dim"] = ours.pop("output_shape")
    return MultiHeadAttention(**ours), keras.layers.MultiHeadAttention(**kwargs)


@pytest.mark.parametrize(
    "kwargs",
    [
        {"num_heads": 2, "key_dim": 3},
        {"num_heads": 3, "key_dim": 4, "value_dim": 5, "output_shape": 9},
        {"num_heads": 1, "key_dim": 2, "use_bias": False},
    ],
)
@pytest.mark.parametrize("masked", [False, True])
def test_equals_keras_with_copied_weights(kwargs, masked):
    if "value_dim" in kwargs and keras.backend.backend() == "jax":
        pytest.skip("Keras's own layer fails on JAX where value_dim is not key_dim")
    ours, theirs = pair(**kwargs)
    attention_mask = RNG.random((B, T, S)) > 0.3
    attention_mask[..., 0] = True
    value_mask = right_padded_mask(B, S)
    masks = {"attention_mask": attention_mask, "value_mask": value_mask}
    call = {**(masks if masked else {}), "return_attention_scores": True}
    theirs(QUERY, VALUE, KEY)
    ours(QUERY, VALUE, KEY)
    for weight in theirs.weights:
        weight.assign(RNG.standard_normal(weight.shape))
    ours.set_weights(theirs.get_weights())
    want = theirs(QUERY, VALUE, KEY, **call)
    assert_close(ours(QUERY, VALUE, KEY, **call), want, 1e-5)
    assert [w.shape for w in ours.weights] == [w.shape for w in theirs.weights]


def test_causal_mask_equals_keras_and_looks_at_nothing_later():
    ours, theirs = pair(num_heads=2, key_dim=3)
    theirs(QUERY, QUERY)
    ours(QUERY)
    ours.set_weights(theirs.get_weights())
    got, weights = ours(QUERY, use_causal_mask=True, return_attention_scores=True)
    assert_close([got], [theirs(QUERY, QUERY, use_causal_mask=True)], 1e-5)
    assert (np.triu(to_numpy(weights), 1) == 0).all()
    changed = QUERY.copy()
    changed[:, 2:] += 1
    again = ours(changed, use_causal_mask=True)
    assert_close([again[:, :2]], [got[:, :2]], 1e-6)


def test_attention_mask_of_two_axes_serves_every_row():
    layer = MultiHeadAttention(2)
    mask = np.tri(T, dtype=bool)
    got = layer(QUERY, attention_mask=mask)
    assert_close([got], [layer(QUERY, use_causal_mask=True)], 1e-6)
    got = layer(QUERY, attention_mask=np.broadcast_to(mask, (B, T, T)))
    assert_close([got], [layer(QUERY, use_causal_mask=True)], 1e-6)


def test_projected_once_equals_called():
    layer = MultiHeadAttention(2)
    mask = right_padded_mask(B, S)
    want = layer(QUERY, VALUE, value_mask=mask, return_attention_scores=True)
    keys, values = layer.project_key_value(ops.convert_to_tensor(VALUE))
    got = layer.attend(QUERY, keys, values, mask[:, None, None])
    assert_close(got, want, 1e-6)


def test_a_row_without_anything_to_see_is_finite():
    for dtype in ("float32", "float16", "bfloat16"):
        scores = ops.ones((2, 3), dtype)
        weights = masked_softmax(scores, np.zeros((2, 3), bool))
        np.testing.assert_allclose(to_numpy(weights), 1 / 3, rtol=1e-2)


def test_a_width_that_heads_do_not_divide_is_refused():
    with pytest.raises(ValueError, match="multiple of num_heads=4, but it is 6"):
        MultiHeadAttention(4)(QUERY)


def test_dropout_drops_only_in_training():
    layer = MultiHeadAttention(2, dropout=0.5)
    first, again = layer(QUERY), layer(QUERY, training=False)
    assert_close([first], [again], 0)
    assert np.abs(to_numpy(layer(QUERY, training=True)) - to_numpy(first)).max() > 1e-3


def test_weights_are_an_output_of_a_functional_model():
    layer = MultiHeadAttention(2, key_dim=3)
    inputs = keras.Input((None, D)), keras.Input((None, 8))
    outputs = layer(*inputs, return_attention_scores=True)
    assert [tuple(x.shape) for x in outputs] == [(None, None, D), (None, 2, None, None)]
    got = keras.Model(inputs, outputs)([QUERY, VALUE])
    assert_close(got, layer(QUERY, VALUE, return_attention_scores=True), 1e-6)
