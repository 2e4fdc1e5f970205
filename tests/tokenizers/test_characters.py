"""A code point a token: an independent count, and every text back as it was."""

from collections import Counter

import pytest

from seqkit.errors import SeqkitError
from seqkit.tokenizers import CharacterTokenizer
from tests.tokenizers.awkward import AWKWARD, random_texts

TEXTS = AWKWARD + random_texts(200)


@pytest.fixture(scope="module")
def tokenizer():
    return CharacterTokenizer.train(TEXTS)


def test_every_text_comes_back_a_token_a_character(tokenizer):
    ids = tokenizer.encode(TEXTS)
    assert [len(row) for row in ids] == [len(text) for text in TEXTS]
    assert not {i for row in ids for i in row} & {0, 1, 2, 3}
    assert tokenizer.decode(ids) == TEXTS


def test_the_most_frequent_comes_first(tokenizer):
    counts = Counter("".join(TEXTS))
    order = [(-counts[one], ord(one)) for one in tokenizer.characters]
    assert order == sorted(order) and len(order) == len(counts)
    assert tokenizer.vocabulary_size == len(counts) + 4
    assert tokenizer.encode([tokenizer.characters]) == [[*range(4, len(counts) + 4)]]


def test_a_smaller_vocabulary_keeps_the_most_frequent(tokenizer):
    small = CharacterTokenizer.train(iter(TEXTS), vocabulary_size=20)
    assert small.vocabulary_size == 20
    assert small.characters == tokenizer.characters[:16]


def test_what_is_not_in_the_vocabulary_is_unknown():
    tokenizer = CharacterTokenizer("ab\n")
    assert tokenizer.encode(["a🐕b\n", ""]) == [[4, 1, 5, 6], []]
    assert tokenizer.decode([[4, 1, 5, 6], []]) == ["a\ufffdb\n", ""]


def test_special_tokens_are_not_written_as_text(tokenizer):
    (ids,) = tokenizer.encode(["<s>"])
    assert tokenizer.decode([[2, *ids, 3, 0, 0], [0, 2, 3]]) == ["<s>", ""]
    assert tokenizer.pieces([0, 1, 2, 3, *ids]) == [
        *("<pad>", "<unk>", "<s>", "</s>"),
        *"<s>",
    ]
    assert tokenizer.pieces(tokenizer.encode(["a b\n"])[0]) == ["a", "▁", "b", "\n"]


def test_nothing_in_nothing_out(tokenizer):
    assert tokenizer.encode([]) == [] and tokenizer.decode([]) == []


@pytest.mark.parametrize(
    ("texts", "size", "message"),
    [
        ([], None, "there is no text in the training texts"),
        (["", ""], None, "there is no text"),
        (["ab"], 4, "vocabulary_size: expected more than the 4 .* found 4"),
        (["a", "b\ud800"], None, "row 1: expected Unicode, .* character 2"),
        (["a", None], None, "row 1: expected a string, found None"),
        ("ab", None, "expected a list of strings, found one string: 'ab'"),
    ],
)
def test_what_cannot_be_learnt(texts, size, message):
    with pytest.raises(SeqkitError, match=message):
        CharacterTokenizer.train(texts, vocabulary_size=size)


@pytest.mark.parametrize(
    ("characters", "message"),
    [
        ("aba", "entry 2: .* found 'a' again"),
        (["a", "bc"], "entry 1: .* found 'bc'"),
        (["a", "\ud800"], "entry 1: "),
        ([5], "entry 0: .* found 5"),
    ],
)
def test_what_is_no_vocabulary(characters, message):
    with pytest.raises(SeqkitError, match=message):
        CharacterTokenizer(characters)


def test_what_cannot_be_encoded_or_decoded(tokenizer):
    with pytest.raises(SeqkitError, match="row 1: expected Unicode, .* character 2"):
        tokenizer.encode(["a", "b\udc80"])
    with pytest.raises(SeqkitError, match="row 0: expected a string, found 5"):
        tokenizer.encode([5])
    for wrong in (-1, tokenizer.vocabulary_size):
        for call in (lambda ids: tokenizer.decode([ids]), tokenizer.pieces):
            with pytest.raises(SeqkitError, match=f"found {wrong}. Were they made"):
                call([4, wrong])
