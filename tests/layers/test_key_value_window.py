"""Attention over a text in pieces, against a band of the whole text's attention."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import MultiHeadAttention, RotaryEmbedding, TransformerEncoder
from seqkit.testing.arrays import assert_close, to_numpy
from tests.graphs import check_runs_anywhere

B, T, H, D = 2, 13, 4, 16
RNG = np.random.default_rng(0)
X = RNG.standard_normal((B, T, D)).astype("float32")
ON_TENSORFLOW = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="what TensorFlow compiles"
)

KINDS = {
    "plain": {},
    "rotary": {"positions": "rotary"},
    "multi-query rotary": {
        "num_key_value_heads": 1,
        "positions": RotaryEmbedding(pairing="interleaved"),
    },
    "grouped alibi": {"num_key_value_heads": 2, "positions": "alibi"},
}
# One position at most in sight; less than the text, a whole of it and more.
CONTEXT_LENGTHS = [1, 4, T, T + 7]


def randomized(layer):
    layer(X)
    for weight in layer.trainable_weights:
        weight.assign(weight + 0.3 * RNG.standard_normal(weight.shape))
    return layer


def attention(kind, **more):
    return randomized(MultiHeadAttention(H, **KINDS[kind], **more))


def band(length, context_length):
    distance = np.arange(length)[:, None] - np.arange(length)
    return (distance >= 0) & (distance < context_length)


def in_pieces(layer, cuts, context_length, window, x=X):
    outputs = []
    for piece in np.split(x, np.cumsum(cuts)[:-1], axis=1):
        piece = ops.cast(ops.convert_to_tensor(piece), layer.compute_dtype)
        y, window = layer.extend(piece, context_length, window)
        outputs.append(to_numpy(y))
    return np.concatenate(outputs, axis=1), window


@pytest.mark.parametrize("context_length", CONTEXT_LENGTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_pieces_equal_a_band_of_the_whole(kind, context_length):
    layer = attention(kind, value_dim=3)
    want = layer(X, attention_mask=band(T, context_length))
    empty = layer.empty_window(B, context_length)
    for cuts in ([T], [5, T - 5], [2, 7, 1, T - 10]):
        for window in (None, empty):
            got, last = in_pieces(layer, cuts, context_length, window)
            assert_close([got], [want], 1e-5)
            for name, tensor in last.items():
                assert tuple(tensor.shape) == tuple(empty[name].shape)
    # The state is the last positions, whatever the way there.
    _, other = in_pieces(layer, [1] * T, context_length, empty)
    assert_close(list(other.values()), list(last.values()), 1e-5)
    real = to_numpy(last["real"])
    assert (real == (np.arange(context_length - 1, 0, -1) <= T)).all()


@pytest.mark.parametrize("normalize_first", [True, False], ids=["pre", "post"])
def test_blocks_in_pieces_equal_the_whole(normalize_first):
    options = {"positions": "rotary", "normalize_first": normalize_first}
    block = randomized(TransformerEncoder(H, 8, **options))
    want = block(X, use_causal_mask=True)
    for window in (None, block.empty_window(B, T)):
        got, _ = in_pieces(block, [5, 1, T - 6], T, window)
        assert_close([got], [want], 1e-5)
    narrow, _ = in_pieces(block, [T], 4, None)
    assert np.abs(narrow - to_numpy(want)).max() > 1e-3  # the band mattered


def test_rows_that_began_at_different_times_share_a_batch():
    layer = attention("rotary")
    _, long = in_pieces(layer, [6], 5, None, X[:1, :6])
    _, short = in_pieces(layer, [2], 5, None, X[1:, :2])
    both = {name: ops.concatenate([long[name], short[name]]) for name in long}
    piece = ops.convert_to_tensor(np.stack([X[0, 6:9], X[1, 2:5]]))
    got, _ = layer.extend(piece, 5, both)
    want = layer(X, attention_mask=band(T, 5))
    assert_close([got[0], got[1]], [want[0, 6:9], want[1, 2:5]], 1e-5)


def test_positions_far_into_a_text_are_as_exact_as_the_first():
    """Turned by their place in the text, keys would lose four digits here."""
    layer = attention("rotary")
    rows = RNG.standard_normal((1, 12, D)).astype("float32")
    long = np.tile(rows, (1, 1000, 1))
    whole, window = in_pieces(layer, [12_000], 6, None, long)
    assert_close([whole[:, -12:]], [whole[:, 12:24]], 1e-6)
    again, _ = in_pieces(layer, [1] * 4, 6, window, rows[:, :4])
    assert_close([again], [whole[:, 12:16]], 2e-6)


def test_half_precision():
    exact = attention("rotary")
    layer = attention("rotary", dtype="mixed_bfloat16")
    layer.set_weights(exact.get_weights())
    want = exact(X, attention_mask=band(T, 4))
    for cuts in ([T], [1] * T):
        got, window = in_pieces(layer, cuts, 4, layer.empty_window(B, 4))
        assert_close([got], [want], 0.1)
        assert all(w.dtype == layer.compute_dtype for w in window.values())


@ON_TENSORFLOW
def test_gradients_equal_those_of_the_band_and_stop_at_no_cut():
    import tensorflow as tf

    layer = attention("rotary")
    x, weight = tf.constant(X), tf.constant(RNG.standard_normal((B, T, D)), tf.float32)

    def gradients(function):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(function() * weight)
        return tape.gradient(loss, [x, *(w.value for w in layer.weights)])

    def pieces():
        first, window = layer.extend(x[:, :5], 4)
        second, _ = layer.extend(x[:, 5:], 4, window)
        return tf.concat([first, second], axis=1)

    want = gradients(lambda: layer(x, attention_mask=band(T, 4)))
    assert_close(gradients(pieces), want, 1e-4)


@ON_TENSORFLOW
@pytest.mark.parametrize("kind", KINDS)
def test_one_graph_serves_every_length_without_ops_that_need_xla(kind):
    import tensorflow as tf

    layer = attention(kind)
    shapes = {"keys": (None, None, None, 4), "values": (None, None, 4, None)}
    shapes = {name: tf.TensorSpec(shape) for name, shape in shapes.items()}
    shapes["real"] = tf.TensorSpec((None, 4))

    @tf.function(input_signature=[tf.TensorSpec((None, None, D)), shapes])
    def extend(x, window):
        window = {
            name: tf.ensure_shape(window[name], (None, *empty[name].shape[1:]))
            for name in window
        }
        return layer.extend(x, 5, window)

    @tf.function(input_signature=[tf.TensorSpec((None, None, D))])
    def begin(x):
        return layer.extend(x, 5)

    empty = layer.empty_window(B, 5)
    want = to_numpy(layer(X, attention_mask=band(T, 5)))
    for length in (1, 4, 5, 6, 10, 11):
        first, window = begin(X[:, :length])
        assert_close([first], [want[:, :length]], 1e-5)
        again, _ = extend(X[:, :length], empty)
        assert_close([again], [want[:, :length]], 1e-5)
        second, _ = extend(X[:, length:], window)
        assert_close([second], [want[:, length:]], 1e-5)
    for function in (begin, extend):
        check_runs_anywhere(function)


@ON_TENSORFLOW
def test_xla_compiles_it():
    import tensorflow as tf

    layer = attention("grouped alibi")
    compiled = tf.function(lambda x: layer.extend(x, 5)[0], jit_compile=True)
    assert_close([compiled(X)], [layer(X, attention_mask=band(T, 5))], 1e-5)


def test_nothing_is_looked_at_in_vain_where_a_text_begins(monkeypatch):
    layer, seen = attention("plain"), []
    heads = layer._heads

    def watched(queries, keys, *others):
        seen.append((queries.shape[2], keys.shape[3]))
        return heads(queries, keys, *others)

    monkeypatch.setattr(layer, "_heads", watched)
    x = ops.convert_to_tensor(X[:, :5])
    layer.extend(x, 6)
    layer.extend(x, 6, layer.empty_window(B, 6))
    layer.extend(ops.convert_to_tensor(X), 4)
    assert seen == [(5, 5), (5, 10), (4, 7)]


def test_a_window_of_another_length_is_refused():
    layer = attention("plain")
    with pytest.raises(SeqkitError, match="expected 5 positions, .*=6, found 3. Go on"):
        layer.extend(ops.convert_to_tensor(X), 6, layer.empty_window(B, 4))


@pytest.mark.parametrize("pairing", ["half", "interleaved"])
def test_rotary_turns_transposed_keys_alike(pairing):
    layer = RotaryEmbedding(pairing=pairing)
    x = RNG.standard_normal((B, 5, 3, 8)).astype("float32")
    transposed = ops.convert_to_tensor(x.transpose(0, 2, 3, 1))
    for positions in (None, np.array([4, 0, 2, 9, 1]), np.array([[0, 1, 5, 2, 2]] * B)):
        want = to_numpy(layer(x, positions=positions)).transpose(0, 2, 3, 1)
        got = layer(transposed, positions=positions, transposed=True)
        assert_close([got], [want], 1e-6)
    with pytest.raises(SeqkitError, match="an even axis, .* found 3"):
        layer(x, transposed=True)


def test_residual_kernels_begin_as_told():
    block = TransformerEncoder(
        2, 64, residual_initializer=keras.initializers.VarianceScaling(1e-4)
    )
    block.build((None, None, 32))
    small = block.attention.output_kernel, block.feed_forward.kernel_out
    others = block.attention.query_kernel, block.feed_forward.kernel_in
    assert max(to_numpy(w).std() for w in small) < 0.01
    assert min(to_numpy(w).std() for w in others) > 0.1
    again = TransformerEncoder.from_config(block.get_config())
    assert again.get_config() == block.get_config()
    assert again.attention.output_initializer.scale == 1e-4
