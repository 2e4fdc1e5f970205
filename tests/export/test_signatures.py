"""Round trips: what was exported answers as the model does here."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.decoding import Decoded
from seqkit.export import (
    TextReader,
    TextWriter,
    save_model,
    text_signatures,
    token_signatures,
)
from seqkit.tokenizers import WordTokenizer
from tests.export.conftest import build_transformer, decode_alone, decoder

SENTENCES = [
    "the dog runs",
    "",
    "a\tcat <s>\0 🐕 </s>",
    "who saw the dog over the hill, and the cat?",
    "مرحبا",
]
LIKE = {"rtol": 1e-4, "atol": 1e-5}


@pytest.fixture(scope="module")
def model(tokenizers):
    return build_transformer(tokenizers)


def exported(folder, model, tokenizers=None, names=("serving_default", "n_best")):
    callables = decoder(model), decoder(model, 3)
    # What is made before a seed is set does not outlive it.
    keras.utils.set_random_seed(0)
    if tokenizers is None:
        signatures = token_signatures(*callables)
    else:
        source, target = tokenizers
        read, write = TextReader(source), TextWriter(target)
        signatures = text_signatures(*callables, read, write)
    save_model(folder, model, {name: signatures[name] for name in names})
    return folder


@pytest.fixture(scope="module")
def text_folder(tmp_path_factory, model, tokenizers):
    return exported(tmp_path_factory.mktemp("text") / "en-de" / "1", model, tokenizers)


@pytest.fixture(scope="module")
def ids_folder(tmp_path_factory, model):
    return exported(tmp_path_factory.mktemp("ids") / "1", model)


def test_text_in_text_out(text_folder, tokenizers, model, ask):
    source, target = tokenizers
    best, n_best, alone, none, none_n_best = ask(
        text_folder,
        "text",
        [
            ("serving_default", SENTENCES),
            ("n_best", SENTENCES),
            ("serving_default", SENTENCES[:1]),
            ("serving_default", []),
            ("n_best", []),
        ],
    )
    token_ids = [[*ids, 3] for ids in source.encode(SENTENCES)]
    decoded = list(decode_alone(model, token_ids, 3))
    texts = [target.decode(ids) for ids, _ in decoded]
    assert len({text[0] for text in texts}) > 2  # it depends on what is asked
    assert n_best["translations"].tolist() == texts
    np.testing.assert_allclose(n_best["scores"], [s for _, s in decoded], **LIKE)
    assert best["translations"].tolist() == [text[0] for text in texts]
    assert best["scores"].dtype == "float32"
    np.testing.assert_allclose(best["scores"], n_best["scores"][:, 0], **LIKE)
    assert alone["translations"].tolist() == [texts[0][0]]
    assert none["translations"].shape == none["scores"].shape == (0,)
    assert none_n_best["translations"].shape == (0, 3)


@pytest.mark.slow  # by default those of a task: test_task.py
def test_token_ids_in_token_ids_out(ids_folder, model, ask):
    rows = [[5, 6, 7, 3], [9, 3, 0, 0], [0, 0, 0, 0]]
    best, n_best, nothing = ask(
        ids_folder,
        "ids",
        [
            ("serving_default", rows),
            ("n_best", rows),
            ("serving_default", [[], []]),
        ],
    )
    decoded = list(decode_alone(model, [[5, 6, 7, 3], [9, 3], [3]], 3))
    for row, (ids, scores) in enumerate(decoded):
        found = [
            ids[:n].tolist()
            for ids, n in zip(
                n_best["token_ids"][row], n_best["lengths"][row], strict=True
            )
        ]
        assert found == ids
        np.testing.assert_allclose(n_best["scores"][row], scores, **LIKE)
        length = best["lengths"][row]
        assert best["token_ids"][row, :length].tolist() == ids[0]
        assert not best["token_ids"][row, length:].any()
    assert {name: value.ndim for name, value in best.items()} == {
        "token_ids": 2,
        "lengths": 1,
        "scores": 1,
    }
    assert best["token_ids"].dtype == best["lengths"].dtype == "int32"
    # Rows without a token are empty sentences, as a row of padding is.
    assert nothing["token_ids"].tolist() == [best["token_ids"][2].tolist()] * 2


def test_no_rows(ids_folder):
    loaded = tf.saved_model.load(str(ids_folder))
    for shape in ([0, 4], [0, 0]):
        for name in ("serving_default", "n_best"):
            found = loaded.signatures[name](token_ids=tf.zeros(shape, tf.int32))
            assert {value.shape[0] for value in found.values()} == {0}


@pytest.mark.slow
@pytest.mark.parametrize(
    "dtype", [pytest.param("mixed_bfloat16", marks=pytest.mark.slow), "mixed_float16"]
)
def test_mixed_precision(tmp_path, tokenizers, dtype):
    model, names = build_transformer(tokenizers, dtype), ["serving_default"]
    loaded = tf.saved_model.load(str(exported(tmp_path / "1", model, names=names)))
    rows = [[5, 6, 7, 3], [9, 8, 4, 3]]
    found = loaded.signatures["serving_default"](token_ids=tf.constant(rows))
    assert found["scores"].dtype == "float32"
    for row, (ids, scores) in enumerate(decode_alone(model, rows)):
        length = found["lengths"][row]
        assert found["token_ids"][row, :length].numpy().tolist() == ids[0]
        np.testing.assert_allclose(found["scores"][row], scores[0], rtol=2e-2)


def echo(inputs):
    """A `Decoded` that says what it was asked, in place of a search."""
    token_ids = inputs["encoder_token_ids"]
    lengths = tf.math.count_nonzero(token_ids, 1, keepdims=True, dtype=tf.int32) - 1
    scores = tf.zeros_like(lengths, tf.float32)
    return Decoded(token_ids[:, None], lengths, scores, scores, scores == 0)


def test_vocabularies_of_several_models_in_one_process(tmp_path, tokenizers, model):
    # tensorflow-text takes tokenizers of one name for the same one.
    large, small = tokenizers  # ids of the small one are in the large one too
    for name, first in (("1", small), ("2", large)):
        signatures = text_signatures(echo, echo, TextReader(first), TextWriter(large))
        only = {"serving_default": signatures["serving_default"]}
        save_model(tmp_path / name, model, only)
    text = "who saw the dog"
    for name, first in (("1", small), ("2", large), ("1", small)):
        loaded = tf.saved_model.load(str(tmp_path / name))
        found = loaded.signatures["serving_default"](text=tf.constant([text]))
        wanted = large.decode(first.encode([text]))
        assert [found["translations"][0].numpy().decode()] == wanted


class CopyingReader(tf.Module):
    """Ids over the vocabulary and, after it, the unknown words of each text."""

    def __init__(self, tokenizer):
        super().__init__()
        self.size = tokenizer.vocabulary_size
        self.reader = TextReader(tokenizer)

    def __call__(self, texts):
        words = tf.strings.split(texts)
        ids = self.reader(texts)["encoder_token_ids"][:, :-1]
        words = words.to_tensor("", shape=[None, None])

        def extended(row):
            ids, words = row
            unknown, places = tf.unique(tf.boolean_mask(words, ids == 1))
            here = tf.cast(tf.where(ids == 1), tf.int32)
            ids = tf.tensor_scatter_nd_update(ids, here, places + self.size)
            return ids, tf.concat([unknown, words[tf.size(unknown) :]], axis=0)

        source_ids, unknown = tf.map_fn(extended, (ids, words))
        return {
            "encoder_token_ids": ids,
            "source_ids": source_ids,
            "unknown_words": unknown,
        }


class CopyingWriter(tf.Module):
    """Words of the vocabulary, and unknown words that the text itself has."""

    def __init__(self, tokenizer):
        super().__init__()
        self.size = tokenizer.vocabulary_size
        self.writer = TextWriter(tokenizer)

    def __call__(self, token_ids, inputs):
        ids = token_ids[:, 0]  # one hypothesis
        known = self.writer(ids[..., None], inputs)
        places = tf.maximum(ids - self.size, 0)
        copied = tf.gather(inputs["unknown_words"], places, batch_dims=1)
        words = tf.where(ids < self.size, known, copied)
        words = tf.ragged.boolean_mask(words, ids > 3)
        return tf.strings.reduce_join(words, -1, separator=" ")[:, None]


def test_words_of_no_vocabulary_are_copied(tmp_path, model, ask):
    def decode(inputs):  # points to each place in turn, backwards
        ids = tf.reverse(inputs["source_ids"], [1])[:, None]
        scores = tf.zeros(tf.shape(ids)[:2])
        return Decoded(ids, tf.cast(scores, tf.int32), scores, scores, scores == 0)

    tokenizer = WordTokenizer(["the", "dog"])
    read, write = CopyingReader(tokenizer), CopyingWriter(tokenizer)
    signatures = text_signatures(decode, decode, read, write, output="summaries")
    save_model(tmp_path / "1", model, signatures)
    texts = ["the ada saw the ada dog", "babbage", ""]
    (found,) = ask(tmp_path / "1", "ids", [("serving_default", texts)])
    assert set(found) == {"summaries", "scores"}
    assert found["summaries"].tolist() == ["dog ada the saw ada the", "babbage", ""]
