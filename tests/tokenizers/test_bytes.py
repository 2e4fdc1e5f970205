"""A byte a token: UTF-8 itself is the reference."""

import random

import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.tokenizers import ByteTokenizer
from tests.tokenizers.awkward import AWKWARD, random_texts


def test_every_text_is_its_bytes_and_comes_back():
    tokenizer, texts = ByteTokenizer.train(), AWKWARD + random_texts(500)
    ids = tokenizer.encode(texts)
    assert [bytes(i - 4 for i in row) for row in ids] == [t.encode() for t in texts]
    assert tokenizer.decode(ids) == texts
    assert tokenizer.vocabulary_size == 260


def test_what_is_no_utf8_is_replaced_as_python_does():
    rng = random.Random(0)
    rows = [
        [rng.choice([0x41, 0x82, 0xC3, 0xE2, 0xED, 0xF0, 0xFF, 0xBF]) for _ in range(9)]
        for _ in range(500)
    ]
    texts = ByteTokenizer().decode([[b + 4 for b in row] for row in rows])
    assert texts == [bytes(row).decode(errors="replace") for row in rows]


def test_special_tokens_are_left_out_and_the_unknown_is_shown():
    tokenizer = ByteTokenizer()
    (ids,) = tokenizer.encode(["é"])
    assert tokenizer.decode([[2, ids[0], 0, ids[1], 3], [1]]) == ["é", "\ufffd"]
    assert tokenizer.decode(np.array([ids])) == ["é"]
    assert tokenizer.decode([]) == [] and tokenizer.encode([""]) == [[]]


def test_pieces_show_every_id():
    tokenizer = ByteTokenizer()
    pieces = tokenizer.pieces(range(260))
    assert pieces[:4] == ["<pad>", "<unk>", "<s>", "</s>"] and len(set(pieces)) == 260
    assert tokenizer.pieces(tokenizer.encode(["a \né"])[0]) == [
        *("a", "▁", "<0x0A>", "<0xC3>", "<0xA9>")
    ]


def test_what_cannot_be_encoded_or_decoded():
    with pytest.raises(SeqkitError, match="row 1: expected Unicode, .* character 2"):
        ByteTokenizer().encode(["a", "b\udc80"])
    for wrong in (-1, 260):
        with pytest.raises(SeqkitError, match=f"from 0 to 259, found {wrong}"):
            ByteTokenizer().decode([[wrong]])
