"""TextClassifier: what each architecture computes, and what a model must hold."""

import inspect
import json

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.models import TextClassifier
from seqkit.testing.arrays import assert_close, to_numpy
from tests.graphs import check_runs_anywhere

from .cases import WITHOUT_GRAPH, half_policy, parameters

V, K, B, T = 20, 3, 4, 6
LENGTHS = np.array([6, 1, 2, 4])
MASK = np.arange(T) < LENGTHS[:, None]
RNG = np.random.default_rng(0)
IDS = (RNG.integers(2, V, (B, T)) * MASK).astype("int32")
LABELS = np.array([0, 2, 1, 1], "int32")
SMALL = {"hidden_dim": 4, "embedding_dim": 5, "kernel_sizes": (2, 3), "num_heads": 2}
CASES = {
    "lstm": {},
    "lstm, last": {"pooling": "last", "num_layers": 2},
    "gru, attention": {"architecture": "gru", "pooling": "attention"},
    "rnn, one way, mean": {
        "architecture": "rnn",
        "bidirectional": False,
        "pooling": "mean",
    },
    "cnn": {"architecture": "cnn"},
    "transformer": {"architecture": "transformer", "num_layers": 2},
    "transformer, last": {"architecture": "transformer", "pooling": "last"},
}
VARIANTS = {"lstm, last", "rnn, one way, mean", "transformer, last"}
ON_TENSORFLOW = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="what TensorFlow compiles"
)


def make(name, **more):
    model = TextClassifier(V, K, **{"dropout": 0.0, **SMALL, **CASES[name], **more})
    model.build()
    return model


@pytest.fixture(params=parameters(CASES, VARIANTS))
def name(request):
    return request.param


def test_logits_are_float32_and_built_without_data(name):
    model = make(name)
    weights = len(model.weights)
    logits = model({"token_ids": IDS})
    assert logits.shape == (B, K) and len(model.weights) == weights
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert_close([model(IDS)], [logits], 0)


def test_filters_are_those_of_kim():
    """Every window that holds a word, what lies outside of the text being 0."""
    model = make("cnn")
    for convolution in model.encoder.convolutions:  # so that an empty window would win
        convolution.bias.assign(RNG.random(convolution.bias.shape) + 1)
        convolution.kernel.assign(-np.abs(to_numpy(convolution.kernel)))
    table = np.abs(to_numpy(model.embedding.embeddings))
    model.embedding.embeddings.assign(table)
    got = to_numpy(model(IDS))
    kernel, bias = (w.astype("float64") for w in model.classes.get_weights())
    for row, length in enumerate(LENGTHS):
        words, found = table[IDS[row, :length]].astype("float64"), []
        for size, convolution in zip((2, 3), model.encoder.convolutions, strict=True):
            filters, offset = (w.astype("float64") for w in convolution.get_weights())
            padded = np.pad(words, ((size - 1, size - 1), (0, 0)))
            windows = [padded[i : i + size] for i in range(length + size - 1)]
            values = [np.tensordot(window, filters, 2) + offset for window in windows]
            found.append(np.maximum(values, 0).max(axis=0))
        want = np.concatenate(found) @ kernel + bias
        np.testing.assert_allclose(got[row], want, atol=1e-5)


def test_the_last_state_is_what_each_direction_has_read():
    model = make("lstm, last", num_layers=1)
    x = model.embed(IDS)
    stack = model.encoder.stack
    for row, length in enumerate(LENGTHS):
        states = []
        for layer, step in (
            (stack.recurrent_layers[0], 1),
            (stack.backward_layers[0], -1),
        ):
            lstm = keras.layers.LSTM(layer.units)
            lstm.build((1, None, x.shape[-1]))
            lstm.set_weights(layer.get_weights())
            read = to_numpy(x)[row : row + 1, :length][:, ::step]
            states.append(lstm(np.ascontiguousarray(read)))
        want = model.classes(ops.concatenate(states, axis=-1))
        assert_close([model(IDS)[row : row + 1]], [want], 1e-5)


def test_padding_and_neighbours_change_nothing(name):
    model = make(name)
    want = model(IDS)
    assert_close([model(np.pad(IDS, ((0, 0), (0, 7))))], [want], 1e-5)
    for row, length in enumerate(LENGTHS):
        alone = model(IDS[row : row + 1, :length])
        assert_close([alone], [want[row : row + 1]], 1e-5)


def test_the_call_is_its_two_halves(name):
    model = make(name)
    embedded = model.embed({"token_ids": IDS})
    assert embedded.shape == (B, T, 5)
    assert_close([model.call_embedded(embedded, MASK)], [model(IDS)], 1e-6)


def test_configuration_and_file_lose_nothing(name, tmp_path):
    model = make(name, dropout=0.3, input_dropout=0.1, token_dropout=0.2)
    config = json.loads(json.dumps(model.get_config()))
    assert set(inspect.signature(TextClassifier).parameters) - {"kwargs"} <= set(config)
    again = TextClassifier.from_config(config)
    assert again.get_config() == model.get_config()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config()
    assert_close([loaded(IDS)], [model(IDS)], 1e-6)


def train_a_step(model, **options):
    before = [to_numpy(w) for w in model.trainable_weights]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1.0), loss, **options)
    history = model.fit({"token_ids": IDS}, LABELS, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    for weight, old in zip(model.trainable_weights, before, strict=True):
        new = to_numpy(weight)
        assert np.isfinite(new).all() and (new != old).any(), weight.path


def test_a_step_of_training_reaches_every_weight(name):
    train_a_step(make(name, dropout=0.1, token_dropout=0.1), **WITHOUT_GRAPH)


@ON_TENSORFLOW
@pytest.mark.parametrize(
    "case", [pytest.param("gru, attention", marks=pytest.mark.slow), "cnn"]
)
def test_xla_trains(case):
    train_a_step(make(case, dropout=0.1, token_dropout=0.1), jit_compile=True)


@half_policy
def test_half_precision(name, policy):
    exact, model = make(name), make(name, dtype=policy)
    model.set_weights(exact.get_weights())
    logits = model(IDS)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert_close([logits], [exact(IDS)], 3e-2 if policy == "mixed_float16" else 2e-1)


@pytest.mark.parametrize(
    "case",
    [
        "lstm, last",
        pytest.param("gru, attention", marks=pytest.mark.slow),
        "cnn",
        "transformer",
    ],
)
def test_a_text_of_2500_tokens(case):
    ids = RNG.integers(1, V, (1, 2500)).astype("int32")
    assert np.isfinite(make(case).predict(ids, verbose=0)).all()


def test_tokens_become_unknown_in_training():
    model = make("lstm", token_dropout=0.4)
    model.embedding.embeddings.assign(np.arange(V)[:, None] * np.ones(5))
    ids = np.pad(RNG.integers(2, V, (40, 50)), ((0, 0), (0, 3))).astype("int32")
    read = to_numpy(model.embed(ids, training=True))[:, :, 0].astype("int32")
    assert (read[:, 50:] == 0).all()
    unknown = read[:, :50] == 1
    assert 0.3 < unknown.mean() < 0.5
    assert (read[:, :50] == ids[:, :50])[~unknown].all()
    again = to_numpy(model.embed(ids, training=True))[:, :, 0]
    assert (again != read).any()
    np.testing.assert_array_equal(to_numpy(model.embed(ids))[:, :, 0], ids)


@pytest.mark.parametrize("case", ["gru, attention", "cnn", "transformer"])
def test_dropout_acts_in_training_alone(case):
    for option in ("input_dropout", "output_dropout", "embedding_dropout"):
        model = make(case, **{option: 0.5})
        plain = to_numpy(model(IDS))
        assert_close([model(IDS)], [plain], 0)
        drawn = [to_numpy(model(IDS, training=True)) for _ in range(5)]
        assert max(np.abs(logits - plain).max() for logits in drawn) > 1e-3, option


def test_probabilities():
    logits = ops.convert_to_tensor(np.array([[0.0, np.log(3.0), -1e9]], "float32"))
    got = to_numpy(make("cnn").probabilities(logits))
    np.testing.assert_allclose(got, [[0.25, 0.75, 0]], atol=1e-6)
    got = to_numpy(make("cnn", multi_label=True).probabilities(logits))
    np.testing.assert_allclose(got, [[0.5, 0.75, 0]], atol=1e-6)


def test_it_learns_the_order_of_words():
    """Two words in one order or the other, somewhere in a text."""
    ids = np.random.default_rng(5).integers(4, V, (512, 8)).astype("int32")
    labels = np.arange(512) % 2
    for row, label in enumerate(labels):
        at = row % 7
        ids[row, at : at + 2] = (2, 3) if label else (3, 2)
    model = TextClassifier(
        V, 2, architecture="cnn", hidden_dim=16, embedding_dim=16, dropout=0.1
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    model.fit(ids, labels, batch_size=32, epochs=6, verbose=0)
    assert model.evaluate(ids, labels, verbose=0)[1] > 0.97


@ON_TENSORFLOW
def test_graphs_of_any_length(name):
    import tensorflow as tf

    model = make(name)
    spec = tf.TensorSpec((None, None), tf.int32)
    function = tf.function(lambda ids: model(ids), [spec], autograph=False)
    check_runs_anywhere(function)
    for length in (T, 1):
        ids = ops.convert_to_tensor(IDS[:, :length])
        assert_close([function(ids)], [model(ids)], 1e-5)


def test_errors_say_what_to_do():
    with pytest.raises(SeqkitError, match="architecture: expected one of .*'bert'"):
        make("cnn", architecture="bert")
    with pytest.raises(SeqkitError, match="pooling: expected 'max' or None with arch"):
        make("cnn", pooling="mean")
    with pytest.raises(SeqkitError, match="mode: expected one of max, .* found 'sum'"):
        make("lstm", pooling="sum")
    with pytest.raises(SeqkitError, match="kernel_sizes: expected one width or more"):
        make("cnn", kernel_sizes=())
