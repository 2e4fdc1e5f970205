"""Tokenizers in a graph give what they give in Python, and in a new process too."""

import random

import keras
import pytest
import tensorflow as tf

from seqkit.errors import SeqkitError
from seqkit.export import Signature, in_graph_tokenizer, save_model
from seqkit.tokenizers import (
    ByteTokenizer,
    CharacterTokenizer,
    SentencePieceTokenizer,
    WordTokenizer,
)
from tests.tokenizers.awkward import AWKWARD, random_texts

KNOWN = [*AWKWARD, "the dog\n runs  over\n\nthe hill\n"]
TEXTS = KNOWN + random_texts(200)
MAKE = {
    "bytes": ByteTokenizer,
    "characters": lambda: CharacterTokenizer.train(KNOWN),
    "words": lambda: WordTokenizer.train(KNOWN),
    "sentencepiece": lambda: SentencePieceTokenizer.train(
        KNOWN, vocabulary_size=360, symbols=["\n"], add_dummy_prefix=False
    ),
}
ROWS = tf.TensorSpec([None], tf.string, name="text")
DECODED = (
    tf.TensorSpec([None, None, None], tf.int32, name="token_ids"),
    tf.TensorSpec([None, None], tf.int32, name="lengths"),
)


@pytest.fixture(scope="module", params=MAKE)
def both(request):
    tokenizer = MAKE[request.param]()
    return tokenizer, in_graph_tokenizer(tokenizer)


def traced(in_graph):
    """Encoding and decoding as functions for any number of rows of any length."""
    return (
        tf.function(in_graph.encode, [ROWS], autograph=False),
        tf.function(in_graph.decode, DECODED, autograph=False),
    )


def pad(rows):
    width = max(map(len, rows))
    return [[*row, *[0] * (width - len(row))] for row in rows]


def in_pairs(rows):
    """Ids `[B, 2, L]`, with other ids behind, and lengths `[B, 2]`."""
    width = max(map(len, rows))
    token_ids = [[*row, *[5] * (width - len(row))] for row in rows]
    lengths = tf.reshape(tf.constant([len(row) for row in rows]), [-1, 2])
    return tf.reshape(tf.constant(token_ids, tf.int32), [-1, 2, width]), lengths


def random_rows(tokenizer, count=2000):
    """Any ids, and often those that depend on what stands around them."""
    rng = random.Random(0)
    often = [0, 1, 2, 3, *tokenizer.encode(["the \n", "é€🐕"])[1]]
    return [
        [
            rng.choice(often)
            if rng.random() < 0.5
            else rng.randrange(tokenizer.vocabulary_size)
            for _ in range(rng.randrange(9))
        ]
        for _ in range(count)
    ]


def test_encodes_the_same(both):
    tokenizer, in_graph = both
    encode, _ = traced(in_graph)
    ids = encode(tf.constant(TEXTS))
    assert ids.dtype == "int32"
    expected = tokenizer.encode(TEXTS)
    assert ids.numpy().tolist() == pad(expected)
    ended = in_graph_tokenizer(tokenizer, add_end=True).encode(tf.constant(TEXTS))
    assert ended.numpy().tolist() == pad([[*row, 3] for row in expected])


def test_decodes_the_same(both):
    tokenizer, in_graph = both
    _, decode = traced(in_graph)
    rows = tokenizer.encode(TEXTS) + random_rows(tokenizer)
    rows += [[]] * (len(rows) % 2)
    texts = decode(*in_pairs(rows))
    assert [text.decode() for text in texts.numpy().ravel()] == tokenizer.decode(rows)


def test_leaves_out_ids_outside_the_vocabulary(both):
    tokenizer, in_graph = both
    (ids,) = tokenizer.encode(["the dog"])
    strange = [-1, *ids, tokenizer.vocabulary_size, 2**31 - 1, -(2**31)]
    texts = in_graph.decode(*in_pairs([strange, [10**6]]))
    assert texts.numpy().tolist() == [[b"the dog", b""]]


def test_takes_nothing(both):
    encode, decode = traced(both[1])
    assert encode(tf.constant([], tf.string)).shape[0] == 0
    assert encode(tf.constant(["", ""])).shape == (2, 0)
    for shape in ([0, 2, 5], [2, 0, 3], [2, 3, 0], [0, 1, 0]):
        lengths = tf.zeros(shape[:2], tf.int32)
        texts = decode(tf.zeros(shape, tf.int32), lengths)
        assert texts.shape == shape[:2]
        assert set(texts.numpy().ravel()) <= {b""}


def test_bytes_that_are_no_utf8():
    broken = [b"a\xffb", b"\xe2\x82", b"\xed\xa0\x80", b"\xc0\x80", b"\xf0\x9f x"]
    replaced = [one.decode(errors="replace") for one in broken]
    tokenizer = CharacterTokenizer("ab \ufffdx")
    ids = in_graph_tokenizer(tokenizer).encode(tf.constant(broken))
    assert ids.numpy().tolist() == pad(tokenizer.encode(replaced))
    tokenizer = WordTokenizer(["x", "\ufffd"])
    ids = in_graph_tokenizer(tokenizer).encode(tf.constant(broken))
    assert ids.numpy().tolist() == pad([[1], [1], [1], [1], [1, 4]])
    in_graph = in_graph_tokenizer(ByteTokenizer())
    ids = in_graph.encode(tf.constant(broken)).numpy().tolist()
    assert ids == pad([[byte + 4 for byte in one] for one in broken])


def test_a_vocabulary_of_nothing():
    for tokenizer in (CharacterTokenizer(""), WordTokenizer([])):
        ids = in_graph_tokenizer(tokenizer).encode(tf.constant(["a b", ""]))
        assert ids.numpy().tolist() == pad(tokenizer.encode(["a b", ""]))


def test_no_tokenizer():
    with pytest.raises(SeqkitError, match="expected one of ByteTokenizer, .* str"):
        in_graph_tokenizer("words")


ANSWER = """
import sys
folder, texts, rows = request
loaded = tf.saved_model.load(folder)
answers = {}
for name, call in loaded.signatures.items():
    if name.endswith("encode"):
        answers[name] = call(text=tf.constant(texts))["token_ids"].numpy().tolist()
    else:
        ids, lengths = rows[name.split()[0]]
        given = call(token_ids=tf.constant(ids), lengths=tf.constant(lengths))
        answers[name] = [t.decode() for t in given["text"].numpy().ravel()]
answer = answers, "tensorflow_text" in sys.modules
"""


def test_a_process_with_tensorflow_alone(tmp_path, tensorflow_alone):
    kinds = ("bytes", "characters", "words")
    tokenizers = {kind: MAKE[kind]() for kind in kinds}
    signatures = {}
    for kind in kinds:
        one = in_graph_tokenizer(tokenizers[kind], add_end=True)

        def encode(text, one=one):
            return {"token_ids": one.encode(text)}

        def decode(token_ids, lengths, one=one):
            return {"text": one.decode(token_ids, lengths)}

        signatures[f"{kind} encode"] = Signature(encode, (ROWS,), (one,))
        signatures[f"{kind} decode"] = Signature(decode, DECODED, (one,))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    save_model(tmp_path / "1", model, signatures)

    rows = {kind: random_rows(tokenizers[kind], 50) for kind in kinds}
    pairs = {
        kind: [part.numpy().tolist() for part in in_pairs(rows[kind])] for kind in kinds
    }
    request = [str(tmp_path / "1"), TEXTS, pairs]
    answers, imported = tensorflow_alone("plain", ANSWER, request)
    assert not imported
    for kind in kinds:
        expected = [[*ids, 3] for ids in tokenizers[kind].encode(TEXTS)]
        assert answers[f"{kind} encode"] == pad(expected)
        assert answers[f"{kind} decode"] == tokenizers[kind].decode(rows[kind])
