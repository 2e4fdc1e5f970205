"""Words of running text in a graph are what they are in Python, to the id."""

import random

import pytest
import tensorflow as tf

from seqkit.export import InGraphTextWords, in_graph_tokenizer
from seqkit.task.copying import OpenVocabulary
from seqkit.tokenizers import TextWordTokenizer
from tests.graphs import check_runs_anywhere
from tests.tokenizers.awkward import AWKWARD, random_texts

KNOWN = "The dog's cow (Mr. Wu) ate 3.5 apples, didn't it? Ünal, ΟΔΟΣ İstanbul e-mail"
TEXTS = [*AWKWARD, KNOWN, *random_texts(120, known=KNOWN)]
TEXTS += ["Zz zz, Zz Yy\u00adyy ZZ zz", "a▁b ▁", "xx " * 9 + "yy"]
MAX_EXTRA, MAX_LENGTH = 3, 9
ROWS = tf.TensorSpec([None], tf.string)


@pytest.fixture(scope="module", params=[False, True], ids=["cased", "lower"])
def both(request):
    tokenizer = TextWordTokenizer.train(TEXTS[:-40:2], lowercase=request.param)
    return tokenizer, in_graph_tokenizer(tokenizer)


def texts_of(strings):
    return [text.decode() for text in strings.numpy().ravel()]


def trimmed(rows):
    return [[one for one in row if one] for row in rows.numpy().tolist()]


def test_the_same_ids_and_texts(both):
    tokenizer, twin = both
    assert isinstance(twin, InGraphTextWords)
    encode = tf.function(twin.encode, [ROWS], autograph=False)
    ids, expected = encode(tf.constant(TEXTS)), tokenizer.encode(TEXTS)
    assert ids.dtype == "int32" and trimmed(ids) == expected
    assert {1} < {one for row in expected for one in row}
    assert texts_of(twin.decode(ids[:, None])) == tokenizer.decode(expected)
    check_runs_anywhere(encode)


def test_the_same_unknown_words(both):
    """Of cut sources too, and with more unknown words than there are ids for."""
    tokenizer, _ = both
    twin = InGraphTextWords(tokenizer, add_end=True)
    own = OpenVocabulary(tokenizer, MAX_EXTRA, MAX_LENGTH)

    @tf.function(input_signature=[ROWS], autograph=False)
    def encode(texts):
        return twin.encode_open(texts, MAX_EXTRA, MAX_LENGTH)

    ids, words = encode(tf.constant(TEXTS))
    expected = [[*own.encode(text)[: MAX_LENGTH - 1], 3] for text in TEXTS]
    assert trimmed(ids) == expected
    found = [[one.decode() for one in row if one] for row in words.numpy()]
    assert found == [own.words(text) for text in TEXTS]
    assert max(map(len, found)) == MAX_EXTRA and [] in found
    assert any(1 in row for row in expected)  # a word too many
    check_runs_anywhere(encode)


def test_the_same_texts_with_words_of_the_source(both):
    tokenizer, twin = both
    own = OpenVocabulary(tokenizer, MAX_EXTRA, MAX_LENGTH)
    _, words = twin.encode_open(tf.constant(TEXTS), MAX_EXTRA, MAX_LENGTH - 1)
    rng, size, rows = random.Random(0), tokenizer.vocabulary_size, []
    for text in TEXTS:
        many = len(own.words(text))
        choices = [*range(size + many), *range(size, size + many), 1, 2, 3] * 2
        rows.append([rng.choices(choices, k=7), rng.choices(choices[-12:], k=7)])
    found = texts_of(twin.decode_open(tf.constant(rows), words))
    sides = zip(TEXTS, rows, strict=True)
    assert found == [own.decode(ids, text) for text, two in sides for ids in two]


def test_a_text_of_unknown_words_comes_back():
    """Each white space as one, without those around the text."""
    tokenizer = TextWordTokenizer(["▁the", ","])
    twin = in_graph_tokenizer(tokenizer)
    texts = ["Ærø, Qwy-xham  the  Ærø's dog", " 東京 the 東京!? "]
    ids, words = twin.encode_open(tf.constant(texts), 20)
    want = ["Ærø, Qwy-xham the Ærø's dog", "東京 the 東京!?"]
    assert texts_of(twin.decode_open(ids[:, None], words)) == want


def test_nothing_and_no_utf8():
    twin = in_graph_tokenizer(TextWordTokenizer(["▁a", "\ufffd"], lowercase=True))
    assert trimmed(twin.encode(tf.constant([b"A\xff", b""]))) == [[4, 5], []]
    for texts in ([], [""], ["", " "]):
        ids, words = twin.encode_open(tf.constant(texts, tf.string), 5, 8)
        assert ids.shape == (len(texts), 0) and words.shape == (len(texts), 0)
        decoded = twin.decode_open(tf.zeros((len(texts), 1, 2), tf.int32), words)
        assert decoded.shape == (len(texts), 1) and not any(texts_of(decoded))
