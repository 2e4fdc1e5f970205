"""The tied embedding against its equations and Keras's reversible embedding."""

import keras
import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.layers import TiedEmbedding
from seqkit.testing.arrays import assert_close, gradients, to_numpy

V, D = 11, 4
RNG = np.random.default_rng(0)
IDS = RNG.integers(0, V, (3, 5)).astype("int32")
HIDDEN = RNG.standard_normal((3, 5, D)).astype("float32")


@pytest.mark.parametrize("tie_weights", [True, False])
def test_equals_keras(tie_weights):
    keras_layer = keras.layers.ReversibleEmbedding(V, D, tie_weights=tie_weights)
    keras_layer.build()
    layer = TiedEmbedding(V, D, tie_weights=tie_weights)
    layer.build()
    layer.set_weights(keras_layer.get_weights())
    assert_close([layer(IDS)], [keras_layer(IDS)], 1e-6)
    got, want = layer(HIDDEN, reverse=True), keras_layer(HIDDEN, reverse=True)
    assert_close([got], [want], 1e-5)
    assert_close([layer(HIDDEN[:, 0], reverse=True)], [want[:, 0]], 1e-5)


def test_scale_and_bias():
    layer = TiedEmbedding(V, D, scale=True, use_bias=True)
    layer.build()
    bias = RNG.standard_normal(V).astype("float32")
    layer.bias.assign(bias)
    table = layer.get_weights()[0]
    assert_close([layer(IDS)], [table[IDS] * np.float32(D**0.5)], 1e-5)
    assert_close([layer(HIDDEN, reverse=True)], [HIDDEN @ table.T + bias], 1e-5)


def test_two_matrices_begin_with_values_of_their_own():
    layer = TiedEmbedding(40, 8, tie_weights=False)
    layer.build()
    first, second = (to_numpy(w).ravel() for w in layer.weights)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.3


def test_the_matrix_learns_from_both_ends():
    layer = TiedEmbedding(V, D)
    inputs = keras.Input((5,), dtype="int32")
    model = keras.Model(inputs, layer(layer(inputs), reverse=True))
    assert len(model.trainable_weights) == 1
    (got,) = gradients(model, [IDS])
    table = layer.get_weights()[0].astype("float64")
    upstream = np.random.default_rng(3).standard_normal((3, 5, V))
    want = np.einsum("btv,btd->vd", upstream, table[IDS])
    np.add.at(want, IDS, upstream @ table)
    assert_close([got], [want.astype("float32")], 1e-5)


def test_a_language_model_of_any_length_is_saved(tmp_path):
    layer = TiedEmbedding(V, D, scale=True, use_bias=True, embedding_dropout=0.3)
    inputs = keras.Input((None,), dtype="int32")
    hidden = keras.layers.Dense(D)(layer(inputs))
    model = keras.Model(inputs, layer(hidden, reverse=True))
    assert model.output_shape == (None, None, V)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, jit_compile=False)
    model.fit(IDS, IDS, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    got = loaded.predict(IDS[:, :2], verbose=0)
    assert_close([got], [model(IDS[:, :2])], 1e-5)


def test_embedding_dropout_drops_tokens_wherever_they_stand():
    size, rate = 2000, 0.25
    layer = TiedEmbedding(size, D, embedding_dropout=rate)
    twice = np.tile(np.arange(size), (2, 1))
    whole = to_numpy(layer(twice))
    dropped = to_numpy(layer(twice, training=True))
    np.testing.assert_array_equal(dropped[0], dropped[1])
    kept = (dropped[0] != 0).any(-1)
    assert 0.7 < kept.mean() < 0.8
    np.testing.assert_allclose(dropped[0, kept], whole[0, kept] / (1 - rate), rtol=1e-5)
    again = to_numpy(layer(twice, training=True))
    assert ((again[0] != 0).any(-1) != kept).any()
    hidden = HIDDEN[:1]
    got = layer(hidden, reverse=True, training=True)
    assert_close([got], [layer(hidden, reverse=True)], 1e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_logits_are_float32_in_mixed_precision(policy):
    layer = TiedEmbedding(V, D, use_bias=True, embedding_dropout=0.5, dtype=policy)
    embedded = layer(IDS, training=True)
    logits = layer(HIDDEN, reverse=True)
    dtypes = [keras.backend.standardize_dtype(a.dtype) for a in (embedded, logits)]
    assert dtypes == [layer.compute_dtype, "float32"]
    assert {w.dtype for w in layer.trainable_weights} == {"float32"}
    table = layer.get_weights()[0]
    np.testing.assert_allclose(to_numpy(logits), HIDDEN @ table.T, atol=0.05)


def test_errors_say_what_to_do():
    with pytest.raises(SeqkitError, match=r"width 4 .*, found 3. Put a Dense\(4\)"):
        TiedEmbedding(V, D)(HIDDEN[..., :3], reverse=True)
    with pytest.raises(SeqkitError, match="output_dim: expected hidden_dim=4"):
        TiedEmbedding(V, D, output_dim=3)


def test_the_output_may_have_a_width_of_its_own():
    layer = TiedEmbedding(V, D, tie_weights=False, output_dim=3)
    assert tuple(layer(np.zeros((1, 2), "int32")).shape) == (1, 2, D)
    assert tuple(layer(HIDDEN[..., :3], reverse=True).shape)[-1] == V
