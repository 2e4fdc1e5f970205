"""Vectors of words against a NumPy loop over windows, and Keras's LSTM word by word."""

import keras
import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.layers import CharacterEncoder
from seqkit.testing.arrays import assert_close, to_numpy

WORDS = [["abcdefg", "a", "ed"], ["gb", "cab"], ["f"]]
LAYERS = {
    "cnn": {"units": 4, "kernel_sizes": (1, 2, 3, 4), "activation": None},
    "cnn-tanh": {"units": 5},
    "lstm": {"units": 3, "mode": "lstm"},
}


def ids_of(sentences, num_words=None, num_characters=None):
    num_words = num_words or max(map(len, sentences))
    num_characters = num_characters or max(len(w) for s in sentences for w in s)
    ids = np.zeros((len(sentences), num_words, num_characters), "int32")
    for b, words in enumerate(sentences):
        for t, word in enumerate(words):
            ids[b, t, : len(word)] = [ord(c) - ord("a") + 1 for c in word]
    return ids


def make(name, **kwargs):
    layer = CharacterEncoder(8, embedding_dim=5, **LAYERS[name], **kwargs)
    layer.build((None, None, None))
    rng = np.random.default_rng(0)
    shift = 1 if name == "cnn-tanh" else 20
    for weight in layer.trainable_weights:
        weight.assign(rng.standard_normal(weight.shape))
        if "conv" in weight.path and weight.path.endswith("bias"):
            weight.assign(weight - shift)  # below what padding would give
    return layer


def windows(layer, characters):
    """The vector of one word, by the equation."""
    found = []
    for convolution in layer.convolutions:
        kernel, bias = (w.astype("float64") for w in convolution.get_weights())
        width = len(kernel)
        left = (width - 1) // 2
        padded = np.pad(characters, ((left, width - 1 - left), (0, 0)))
        values = [
            np.tensordot(padded[i : i + width], kernel, 2) + bias
            for i in range(len(characters))
        ]
        found.append(np.max(layer.activation(np.array(values)), axis=0))
    return np.concatenate(found)


def last_states(layer, characters):
    found = []
    both = layer.recurrent.forward_layer, layer.recurrent.backward_layer
    for direction, sequence in zip(both, (characters, characters[::-1]), strict=True):
        lstm = keras.layers.LSTM(direction.units)
        lstm.build((1, None, characters.shape[-1]))
        lstm.set_weights(direction.get_weights())
        found.append(to_numpy(lstm(sequence[None]))[0])
    return np.concatenate(found)


@pytest.mark.parametrize("name", LAYERS)
def test_each_word_has_the_vector_of_the_equations(name):
    layer = make(name)
    table = layer.embedding.get_weights()[0]
    got = to_numpy(layer(ids_of(WORDS)))
    reference = last_states if name == "lstm" else windows
    for b, words in enumerate(WORDS):
        for t, word in enumerate(words):
            characters = table[ids_of([[word]])[0, 0]]
            want = to_numpy(keras.ops.convert_to_tensor(reference(layer, characters)))
            np.testing.assert_allclose(got[b, t], want, atol=1e-5, rtol=1e-4)
        assert (got[b, len(words) :] == 0).all()


@pytest.mark.parametrize("name", LAYERS)
def test_more_padding_and_other_words_change_nothing(name):
    layer = make(name)
    got = to_numpy(layer(ids_of(WORDS)))
    more = to_numpy(layer(ids_of(WORDS, num_words=5, num_characters=12)))
    assert_close([more[:, :3]], [got], 1e-5)
    assert (more[:, 3:] == 0).all()
    assert_close([layer(ids_of([["ed"]]))], [got[:1, 2:]], 1e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_any_number_of_words_and_characters_in_one_model(name, tmp_path):
    inputs = keras.Input((None, None), dtype="int32")
    layer = make(name)
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for ids in (ids_of(WORDS), ids_of(WORDS[1:])):
        got = loaded.predict(ids, verbose=0)
        assert_close([got], [layer(ids)], 1e-5)
    assert model.output_shape == (None, None, got.shape[-1])


@pytest.mark.parametrize("name", LAYERS)
def test_dropout_acts_in_training_alone(name):
    layer, ids = make(name, dropout=0.5), ids_of(WORDS)
    want = to_numpy(make(name)(ids))
    assert_close([layer(ids)], [want], 1e-6)
    dropped = to_numpy(layer(ids, training=True))
    assert not np.allclose(dropped, want)
    assert (dropped[2, 1:] == 0).all()


def test_errors_say_what_to_do():
    with pytest.raises(SeqkitError, match="mode: expected one of cnn, lstm, found 'x'"):
        CharacterEncoder(8, mode="x")
    with pytest.raises(SeqkitError, match="kernel_sizes: expected one width or more"):
        CharacterEncoder(8, kernel_sizes=())
