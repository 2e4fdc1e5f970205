"""What the other rooms may rely on, of every tokenizer."""

import pytest

from seqkit.tokenizers import (
    ByteTokenizer,
    CharacterTokenizer,
    LabelVocabulary,
    SentencePieceTokenizer,
    Tokenizer,
    WordTokenizer,
    load_tokenizer,
)

TEXTS = ["the dog runs", "a dog ran away"] * 9
MAKE = {
    "bytes": ByteTokenizer,
    "characters": lambda: CharacterTokenizer.train(TEXTS),
    "words": lambda: WordTokenizer.train(TEXTS),
    "sentencepiece": lambda: SentencePieceTokenizer.train(TEXTS, vocabulary_size=280),
}


@pytest.mark.parametrize("kind", MAKE)
def test_every_tokenizer_keeps_the_protocol(kind, tmp_path):
    tokenizer = MAKE[kind]()
    assert isinstance(tokenizer, Tokenizer)
    ids = tokenizer.encode(["the dog"])
    assert tokenizer.decode(ids) == ["the dog"]
    assert len(tokenizer.pieces(ids[0])) == len(ids[0])
    assert max(ids[0]) < tokenizer.vocabulary_size
    decoding = tokenizer.decoding()
    assert "".join(map(decoding.add, ids[0])) + decoding.end() == "the dog"
    tokenizer.save(tmp_path / "saved")
    loaded = load_tokenizer(tmp_path / "saved")
    assert type(loaded) is type(tokenizer)
    assert loaded.fingerprint == tokenizer.fingerprint


def test_labels_are_no_tokenizer():
    assert not isinstance(LabelVocabulary(["a"]), Tokenizer)
