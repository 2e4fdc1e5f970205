"""The word encoder in a graph gives what it gives in Python, to the id."""

import numpy as np
import pytest
import tensorflow as tf

from seqkit.export import InGraphWordEncoder
from seqkit.tokenizers import WordEncoder
from tests.graphs import check_runs_anywhere
from tests.tokenizers.awkward import AWKWARD, random_texts

SENTENCES = [text.split() for text in AWKWARD + random_texts(300)]
SENTENCES += [["The", "DOG", "McDonald", "in", "1999", "١٢", "ΟΔΟΣ", "İ", "NATO's"]] * 2
SPEC = [tf.TensorSpec([None, None], tf.string)]


@pytest.mark.parametrize(
    "options",
    [
        {"max_characters": 5},
        {"lower": False, "normalize_digits": False, "min_count": 2},
        {"lower": False},
        {"normalize_digits": False},
    ],
)
def test_the_same_ids(options):
    encoder = WordEncoder.train(SENTENCES[::2], **options)
    encode = tf.function(InGraphWordEncoder(encoder).encode, SPEC, autograph=False)
    words = tf.ragged.constant(SENTENCES, dtype=tf.string).to_tensor("")
    found = encode(words)
    for row, sentence in enumerate(SENTENCES):
        for name, expected in encoder.encode(sentence).items():
            ids = found[name][row].numpy()
            assert ids.dtype == "int32"
            np.testing.assert_array_equal(ids[: len(sentence)], expected)
            assert not ids[len(sentence) :].any()
    assert {1, 5} <= {*found["word_ids"].numpy().ravel().tolist()}
    check_runs_anywhere(encode)


def test_nothing():
    encoder = WordEncoder(["a"], max_characters=3)
    encode = tf.function(InGraphWordEncoder(encoder).encode, SPEC, autograph=False)
    for shape in ([0, 2], [2, 0], [0, 0], [1, 1]):
        found = encode(tf.fill(shape, ""))
        assert found["word_ids"].shape == found["shape_ids"].shape == shape
        assert found["character_ids"].shape == [*shape, 3]
        assert not any(ids.numpy().any() for ids in found.values())
    assert encode.get_concrete_function().output_shapes["character_ids"].rank == 3


def test_bytes_that_are_no_utf8():
    encoder = WordEncoder(["a\ufffd", "b"], characters="a\ufffd", max_characters=3)
    broken = [b"A\xff", b"\xe2\x82", b"\xed\xa0\x80b"]
    found = InGraphWordEncoder(encoder).encode(tf.constant([broken]))
    expected = encoder.encode([one.decode(errors="replace") for one in broken])
    for name, ids in expected.items():
        np.testing.assert_array_equal(found[name][0], ids)
    assert found["word_ids"].numpy().tolist() == [[4, 1, 1]]


def test_a_vocabulary_of_nothing():
    encoder = InGraphWordEncoder(WordEncoder([], max_characters=2))
    found = encoder.encode(tf.constant([["a", ""]]))
    assert found["word_ids"].numpy().tolist() == [[1, 0]]
    assert found["character_ids"].numpy().tolist() == [[[1, 0], [0, 0]]]
