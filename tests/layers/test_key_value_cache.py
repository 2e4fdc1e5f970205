"""Attention and blocks one step at a time: grouped queries, rotary, ALiBi, cache."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import (
    AlibiBias,
    MultiHeadAttention,
    RotaryEmbedding,
    TransformerDecoder,
    TransformerEncoder,
)
from seqkit.testing.arrays import assert_close, right_padded_mask, to_numpy
from tests.graphs import check_runs_anywhere, operations

B, T, H, D = 2, 5, 4, 16
RNG = np.random.default_rng(0)
X = RNG.standard_normal((B, T, D)).astype("float32")
MEMORY = RNG.standard_normal((B, 3, D)).astype("float32")
MASK = right_padded_mask(B, 3)

KINDS = [
    {},
    {"num_key_value_heads": 2},
    {"num_key_value_heads": 1, "positions": "rotary"},
    {"num_key_value_heads": 2, "positions": "alibi"},
]
KIND_IDS = ["plain", "grouped", "multi-query rotary", "grouped alibi"]


def randomized(layer, *inputs, **kwargs):
    """Calls a layer once and gives every weight a value that matters."""
    layer(*inputs, **kwargs)
    for weight in layer.trainable_weights:
        weight.assign(weight + 0.3 * RNG.standard_normal(weight.shape))
    return layer


def by_hand(layer, x, positions=None):
    """Causal attention in NumPy, in float64, one head and one query at a time."""
    w = [w.astype("float64") for w in layer.get_weights()]
    wq, bq, wk, bk, wv, bv, wo, bo = w
    x, size, groups = x.astype("float64"), wq.shape[-1], wk.shape[1]
    out = np.zeros((*x.shape[:2], wo.shape[-1])) + bo
    theta = 10_000 ** (-np.arange(size // 2) / (size // 2))
    slopes = [2 ** (-8 * (h + 1) / H) for h in range(H)]  # H is a power of two

    def turn(v, p):
        z = (v[: size // 2] + 1j * v[size // 2 :]) * np.exp(1j * p * theta)
        return np.concatenate([z.real, z.imag]) if positions == "rotary" else v

    for b in range(x.shape[0]):
        for h in range(H):
            g = h // (H // groups)
            for t in range(x.shape[1]):
                query = turn(x[b, t] @ wq[:, h] + bq[h], t)
                scores = []
                for s in range(t + 1):
                    key = turn(x[b, s] @ wk[:, g] + bk[g], s)
                    distance = slopes[h] * (t - s) if positions == "alibi" else 0
                    scores.append(query @ key / np.sqrt(size) - distance)
                weights = np.exp(scores) / np.exp(scores).sum()
                values = x[b, : t + 1] @ wv[:, g] + bv[g]
                out[b, t] += weights @ values @ wo[h]
    return out.astype("float32")


@pytest.mark.parametrize("kind", KINDS, ids=KIND_IDS)
def test_attention_equals_the_equations_whole_and_in_steps(kind):
    layer = randomized(MultiHeadAttention(H, **kind), X)
    whole = layer(X, use_causal_mask=True)
    assert_close([whole], [by_hand(layer, X, kind.get("positions"))], 1e-4)
    cache = layer.empty_cache(B, T + 2)
    groups = kind.get("num_key_value_heads", H)
    assert tuple(cache["keys"].shape) == (B, groups, D // H, T + 2)
    for t in range(T):
        index = t if t % 2 else ops.convert_to_tensor(t)
        out, cache = layer.step(ops.convert_to_tensor(X[:, t : t + 1]), cache, index)
        assert_close([out], [whole[:, t : t + 1]], 1e-5)


@pytest.mark.parametrize("kind", KINDS, ids=KIND_IDS)
def test_hypotheses_side_by_side_share_nothing_unless_a_mask_says_so(kind):
    layer = randomized(MultiHeadAttention(H, value_dim=3, **kind), X)
    beams = RNG.standard_normal((B, 3, T, D)).astype("float32")
    whole = [layer(beams[:, k], use_causal_mask=True) for k in range(3)]
    cache = layer.empty_cache(B, 3 * T)
    for t in range(T - 1):
        out, cache = layer.step(ops.convert_to_tensor(beams[:, :, t]), cache, t)
        for k in range(3):
            assert_close([out[:, k]], [whole[k][:, t]], 1e-5)
    # At the last step every hypothesis goes on from number 1.
    mixed = np.concatenate(
        [beams[:, 1:2, : T - 1].repeat(3, 1), beams[:, :, T - 1 :]], 2
    )
    mask = np.zeros((B, 1, 3, 3 * T), bool)
    mask[..., np.arange(T - 1) * 3 + 1] = True
    mask[:, 0, np.arange(3), 3 * (T - 1) + np.arange(3)] = True
    out, _ = layer.step(ops.convert_to_tensor(beams[:, :, T - 1]), cache, T - 1, mask)
    for k in range(3):
        want = layer(mixed[:, k], use_causal_mask=True)[:, -1]
        assert_close([out[:, k]], [want], 1e-5)


@pytest.mark.parametrize("groups", [1, 2])
def test_grouped_queries_equal_all_heads_with_copied_keys_and_values(groups):
    grouped = randomized(MultiHeadAttention(H, num_key_value_heads=groups), X, MEMORY)
    full = MultiHeadAttention(H)
    full(X, MEMORY)
    names = ("query", "key", "value", "output")
    for name in names:
        for part in ("kernel", "bias"):
            value = to_numpy(getattr(grouped, f"{name}_{part}"))
            if name in ("key", "value"):
                value = value.repeat(H // groups, axis=-2)
            getattr(full, f"{name}_{part}").assign(value)
    call = {"value_mask": MASK, "return_attention_scores": True}
    assert_close(grouped(X, MEMORY, **call), full(X, MEMORY, **call), 1e-5)


def test_a_bias_is_added_to_the_scores():
    layer = randomized(MultiHeadAttention(H), X)
    alibi = MultiHeadAttention(H, positions="alibi")
    alibi(X)
    alibi.set_weights(layer.get_weights())
    bias = AlibiBias()(np.zeros((B, H, T, T), "float32"))
    assert_close([layer(X, attention_bias=bias)], [alibi(X)], 1e-5)
    assert np.abs(to_numpy(layer(X) - alibi(X))).max() > 1e-3
    minus_infinity = np.where(np.tri(T, dtype=bool), 0, -1e9).astype("float32")
    got = layer(X, attention_bias=minus_infinity)
    assert_close([got], [layer(X, use_causal_mask=True)], 1e-5)


def test_a_layer_of_positions_may_be_given_and_is_saved(tmp_path):
    rotary = RotaryEmbedding(max_wavelength=50, pairing="interleaved")
    inputs = keras.Input((T, D))
    outputs = MultiHeadAttention(H, positions=rotary)(inputs)
    outputs = TransformerEncoder(H, 8, positions=AlibiBias(max_exponent=4))(outputs)
    model = keras.Model(inputs, outputs)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.layers[1].rotary.max_wavelength == 50
    assert loaded.layers[1].rotary.pairing == "interleaved"
    assert loaded.layers[2].attention.alibi.max_exponent == 4
    assert_close([loaded(X)], [model(X)], 1e-6)


@pytest.mark.parametrize("normalize_first", [True, False], ids=["pre", "post"])
@pytest.mark.parametrize("kind", KINDS, ids=KIND_IDS)
def test_blocks_in_steps_equal_whole_sequences(kind, normalize_first):
    kwargs = {**kind, "normalize_first": normalize_first}
    encoder = randomized(TransformerEncoder(H, 8, **kwargs), X)
    decoder = randomized(TransformerDecoder(H, 8, **kwargs), X, MEMORY)
    want = encoder(X, use_causal_mask=True)
    want_decoded = decoder(X, MEMORY, memory_mask=MASK)
    cache, decoder_cache = (block.empty_cache(B, T) for block in (encoder, decoder))
    memory = decoder.project_memory(ops.convert_to_tensor(MEMORY))
    for t in range(T):
        x = ops.convert_to_tensor(X[:, t : t + 1])
        out, cache = encoder.step(x, cache, t)
        assert_close([out], [want[:, t : t + 1]], 1e-5)
        out, decoder_cache, _ = decoder.step(
            x, decoder_cache, t, None, *memory, MASK[:, None, None]
        )
        assert_close([out], [want_decoded[:, t : t + 1]], 1e-5)
    assert np.abs(to_numpy(encoder(X) - want)).max() > 1e-3  # causality mattered


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="how TensorFlow exports"
)
@pytest.mark.parametrize("kind", KINDS[1:], ids=KIND_IDS[1:])
def test_a_loop_of_steps_compiles_without_ops_that_need_xla(kind):
    import tensorflow as tf

    block = randomized(TransformerEncoder(H, 8, **kind), X)

    @tf.function(input_signature=[tf.TensorSpec((None, None, D))])
    def decode(x):
        length = tf.shape(x)[1]
        outputs = tf.TensorArray("float32", length, element_shape=(None, 1, D))

        def body(t, cache, outputs):
            one = tf.ensure_shape(x[:, t : t + 1], (None, 1, D))
            y, cache = block.step(one, cache, t)
            return t + 1, cache, outputs.write(t, y)

        cache = block.empty_cache(tf.shape(x)[0], length)
        _, _, outputs = tf.while_loop(
            lambda t, *_: t < length, body, (0, cache, outputs)
        )
        return tf.transpose(outputs.stack()[:, :, 0], (1, 0, 2))

    assert_close([decode(X)], [block(X, use_causal_mask=True)], 1e-5)
    assert {"While", "StatelessWhile"} & operations(decode)
    check_runs_anywhere(decode)


@pytest.mark.parametrize(
    "kwargs, message",
    [
        ({"num_key_value_heads": 3}, "a divisor of num_heads=4, found 3"),
        ({"num_key_value_heads": 0}, "a divisor of num_heads=4, found 0"),
        ({"positions": "learned"}, "found 'learned'. .* added to the inputs"),
    ],
)
def test_errors_say_what_to_do(kwargs, message):
    with pytest.raises(SeqkitError, match=message):
        MultiHeadAttention(H, **kwargs)


@pytest.mark.parametrize("index", [-1, 2])
def test_a_step_behind_the_cache_is_refused(index):
    layer = MultiHeadAttention(H)
    layer(X)
    cache = layer.empty_cache(B, 4)
    with pytest.raises(SeqkitError, match=f"from 0 to 1, found {index}. Give"):
        layer.step(ops.convert_to_tensor(X[:, :2]), cache, index)
