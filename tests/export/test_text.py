import random

import pytest
import tensorflow as tf

from seqkit.export import InGraphTokenizer
from seqkit.tokenizers import SentencePieceTokenizer

TRAINING = [
    "the dog runs over the hill",
    "a dog ran away from it all",
    "Ein Hund läuft über die Straße",
    "zwölf Boxkämpfer jagen Viktor",
] * 10
TEXTS = [
    "",
    " ",
    "   two  spaces ",
    "the dog",
    "<s>",
    "</s> the <pad><unk> <0x41>",
    "a\tb\r\nc",
    "\n",
    "a\0b",
    "\0",
    "\x01\x7f",
    "dog 🐕 🏳️‍🌈",
    "שלום עולם, مرحبا",
    "\u200fa\u200b",
    "\ufeffa",
    "▁a▁▁b",
    "e\u0301 ﬁ Ⅷ \u3000",
    "𝔘",
    "\ufffd",
    "a " * 400,
]
KINDS = {
    "unigram": {"vocabulary_size": 320},
    "bpe": {"vocabulary_size": 330, "model_type": "bpe"},
    "char": {"vocabulary_size": 310, "model_type": "char"},
    "no bytes": {"vocabulary_size": 60, "byte_fallback": False},
    "nfkc": {"vocabulary_size": 320, "normalization": "nmt_nfkc"},
}


@pytest.fixture(scope="module", params=KINDS, ids=str)
def both(request):
    tokenizer = SentencePieceTokenizer.train(TRAINING, **KINDS[request.param])
    return tokenizer, InGraphTokenizer(tokenizer.proto)


def in_graph_text(in_graph, token_ids):
    """Strings of lists of ids, as two hypotheses a row."""
    assert len(token_ids) % 2 == 0
    length = max(map(len, token_ids))
    rows = tf.constant([ids + [5] * (length - len(ids)) for ids in token_ids])
    lengths = tf.constant([len(ids) for ids in token_ids])
    texts = in_graph.decode(
        tf.reshape(rows, [-1, 2, length]), tf.reshape(lengths, [-1, 2])
    )
    assert texts.shape == (len(token_ids) // 2, 2)
    return [text.decode() for text in texts.numpy().ravel()]


def test_encodes_as_sentencepiece(both):
    tokenizer, in_graph = both
    ids = in_graph.encode(tf.constant(TEXTS))
    assert ids.dtype == "int32"
    expected = [[*ids, 3] for ids in tokenizer.encode(TEXTS)]
    width = max(map(len, expected))
    assert ids.numpy().tolist() == [e + [0] * (width - len(e)) for e in expected]


def test_decodes_as_sentencepiece(both):
    tokenizer, in_graph = both
    ids = tokenizer.encode(TEXTS)
    assert in_graph_text(in_graph, ids) == tokenizer.decode(ids)


def test_decodes_any_ids_as_sentencepiece(both):
    tokenizer, in_graph = both
    rng = random.Random(0)
    space = [
        i for i in range(tokenizer.vocabulary_size) if tokenizer.pieces([i]) == ["▁"]
    ]
    rows = [
        space * rng.randrange(3)
        + [rng.randrange(tokenizer.vocabulary_size) for _ in range(rng.randrange(9))]
        for _ in range(2000)
    ]
    assert in_graph_text(in_graph, rows) == tokenizer.decode(rows)


def test_leaves_out_ids_without_a_piece(both):
    tokenizer, in_graph = both
    ids = tokenizer.encode(["the dog"])[0]
    strange = [-1, *ids[:2], tokenizer.vocabulary_size, *ids[2:], 2**31 - 1, -(2**31)]
    assert in_graph_text(in_graph, [strange, [10**6]]) == ["the dog", ""]


def test_reads_broken_utf8_as_replacement_characters():
    proto = SentencePieceTokenizer.train(TRAINING, **KINDS["unigram"]).proto
    in_graph = InGraphTokenizer(proto)
    broken = [b"\xff", b"a\xffb", b"\xe2\x82", b"\xed\xa0\x80", b"\xc0\x80"]
    replaced = ["�", "a�b", "��", "���", "��"]
    ids = [in_graph.encode(tf.constant(texts)).numpy() for texts in (broken, replaced)]
    assert ids[0].tolist() == ids[1].tolist()


def test_takes_nothing(both):
    _, in_graph = both
    assert in_graph.encode(tf.constant([], tf.string)).shape[0] == 0
    for shape in ([0, 2, 5], [2, 3, 0], [0, 1, 0]):
        texts = in_graph.decode(
            tf.zeros(shape, tf.int32), tf.zeros(shape[:2], tf.int32)
        )
        assert texts.shape == shape[:2]
        assert set(texts.numpy().ravel()) <= {b""}


@pytest.mark.parametrize("remove_extra_whitespaces", [True, False])
@pytest.mark.parametrize("add_dummy_prefix", [True, False])
def test_decodes_as_sentencepiece_whatever_the_model_does_with_spaces(
    remove_extra_whitespaces, add_dummy_prefix
):
    import io

    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TRAINING),
        model_writer=model,
        vocab_size=320,
        byte_fallback=True,
        user_defined_symbols=["<a b>"],
        control_symbols=["<de>"],
        remove_extra_whitespaces=remove_extra_whitespaces,
        add_dummy_prefix=add_dummy_prefix,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    tokenizer = SentencePieceTokenizer(model.getvalue())
    both = tokenizer, InGraphTokenizer(tokenizer.proto)
    test_encodes_as_sentencepiece(both)
    test_decodes_as_sentencepiece(both)
    test_decodes_any_ids_as_sentencepiece(both)
