"""Every tokenizer saved and loaded, and files that are none."""

import json

import pytest

from seqkit.errors import SeqkitError
from seqkit.tokenizers import (
    ByteTokenizer,
    CharacterTokenizer,
    SentencePieceTokenizer,
    WordTokenizer,
    load_tokenizer,
)
from tests.tokenizers.awkward import AWKWARD

MAKE = {
    "bytes": ByteTokenizer,
    "characters": lambda: CharacterTokenizer.train(AWKWARD),
    "words": lambda: WordTokenizer.train(AWKWARD),
    "sentencepiece": lambda: SentencePieceTokenizer.train(
        AWKWARD, vocabulary_size=360, symbols=["\n"]
    ),
}


@pytest.fixture(scope="module", params=MAKE)
def tokenizer(request):
    return MAKE[request.param]()


def test_what_is_loaded_is_what_was_saved(tokenizer, tmp_path):
    file = tmp_path / "tokenizer"
    file.write_text("what was there before")
    tokenizer.save(file)
    assert [entry.name for entry in tmp_path.iterdir()] == ["tokenizer"]
    for loaded in (load_tokenizer(file), type(tokenizer).load(str(file))):
        assert type(loaded) is type(tokenizer)
        assert loaded.vocabulary_size == tokenizer.vocabulary_size
        assert loaded.fingerprint == tokenizer.fingerprint
        assert loaded.encode(AWKWARD) == tokenizer.encode(AWKWARD)
        every = range(tokenizer.vocabulary_size)
        assert loaded.pieces(every) == tokenizer.pieces(every)


def test_a_file_cut_short_is_an_error(tokenizer, tmp_path):
    file = tmp_path / "tokenizer"
    tokenizer.save(file)
    contents = file.read_bytes()
    for length in (0, 1, len(contents) // 2, len(contents) - 3):
        file.write_bytes(contents[:length])
        with pytest.raises(SeqkitError, match="tokenizer: expected .*, found"):
            load_tokenizer(file)


def test_fingerprints_tell_vocabularies_apart():
    made = [
        ByteTokenizer(),
        CharacterTokenizer("ab"),
        CharacterTokenizer("ba"),
        WordTokenizer(["a", "b"]),
        WordTokenizer(["ab"]),
    ]
    assert len({one.fingerprint for one in made}) == len(made)


def test_a_tokenizer_of_another_kind(tmp_path):
    WordTokenizer(["a"]).save(tmp_path / "own")
    with pytest.raises(SeqkitError, match="characters, found one of words. .*any"):
        CharacterTokenizer.load(tmp_path / "own")


SAVED = {
    "format": "seqkit tokenizer",
    "version": 1,
    "kind": "characters",
    "characters": "ab",
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "other"}, 'with "format": "seqkit tokenizer", found other JSON'),
        ({"version": 2}, "version 1, found version 2. A newer seqkit"),
        (
            {"kind": "phrases"},
            "bytes, characters, text words, words, found one of phrases",
        ),
        ({"kind": ["words"]}, "a kind of tokenizer, found"),
        ({"kind": "words"}, "a tokenizer of words as it was saved, found a damaged"),
        ({"characters": "aa"}, "damaged file .characters, entry 1"),
        ({"characters": 5}, "a damaged file"),
    ],
)
def test_a_file_with_something_else(tmp_path, changes, message):
    file = tmp_path / "some.json"
    file.write_text(json.dumps(SAVED))
    assert load_tokenizer(file).characters == "ab"
    file.write_text(json.dumps(SAVED | changes))
    with pytest.raises(SeqkitError, match=rf"some\.json: expected .*{message}"):
        load_tokenizer(file)


def test_files_that_are_no_tokenizer(tmp_path):
    file = tmp_path / "some"
    for contents in (None, b"the\ndog\n", b"[]", bytes(100), b"\xff"):
        if contents is not None:
            file.write_bytes(contents)
        with pytest.raises(SeqkitError, match=r"some: expected a SentencePiece .model"):
            load_tokenizer(file)
    with pytest.raises(SeqkitError, match="from_word_list"):
        load_tokenizer(file)
    with pytest.raises(SeqkitError, match="found none"):
        load_tokenizer(tmp_path)


def test_a_save_that_fails_leaves_what_was_there(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError):
        ByteTokenizer().save(tmp_path / "taken")
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]
