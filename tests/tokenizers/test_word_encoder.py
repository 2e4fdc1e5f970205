"""Words, characters and shapes as numbers, against dictionaries of the test's own."""

import time
from collections import Counter

import numpy as np
import pytest

from seqkit.errors import DataError, SeqkitError
from seqkit.tokenizers import WordEncoder, load_tokenizer
from seqkit.tokenizers.word_shapes import shape_ids
from tests.tokenizers.awkward import AWKWARD, random_texts

SENTENCES = [text.split() for text in AWKWARD + random_texts(300)]
SENTENCES += [["The", "dog", "<unk>", "in", "1999"], ["the", "Dog", "2004"]] * 3
WORDS = [word for sentence in SENTENCES for word in sentence]


def plain(word):
    """What words are looked up as, by another way than a table of code points."""
    return "".join("0" if one.isdecimal() else one.lower()[0] for one in word)


@pytest.mark.parametrize("options", [{}, {"min_count": 2}, {"vocabulary_size": 30}])
def test_the_most_frequent_comes_first(options):
    encoder = WordEncoder.train(iter(SENTENCES), max_characters=5, **options)
    assert encoder.vocabulary_size == 4 + len(encoder.words) == len(encoder.counts)
    assert encoder.counts[:4].tolist() == [0, 0, 0, 0]
    counts = Counter(map(plain, WORDS))
    order = sorted(counts, key=lambda word: (-counts[word], word))
    least = options.get("min_count", 1)
    order = [word for word in order if counts[word] >= least]
    order = order[: options.get("vocabulary_size", 10**6) - 4]
    assert list(encoder.words) == order
    assert encoder.counts[4:].tolist() == [counts[word] for word in order]
    counts = Counter(one for word in WORDS for one in word[:5])
    order = sorted(counts, key=lambda one: (-counts[one], one))
    assert list(encoder.characters) == [one for one in order if counts[one] >= least]
    assert encoder.num_characters == 4 + len(encoder.characters)


def test_every_word_has_its_numbers():
    encoder = WordEncoder.train(SENTENCES[::2], max_characters=6)
    ids = encoder.encode(WORDS)
    word_ids = {word: i for i, word in enumerate(encoder.words, 4)}
    character_ids = {one: i for i, one in enumerate(encoder.characters, 4)}
    assert ids["word_ids"].tolist() == [word_ids.get(plain(w), 1) for w in WORDS]
    expected = [[character_ids.get(one, 1) for one in word[:6]] for word in WORDS]
    expected = [row + [0] * (6 - len(row)) for row in expected]
    assert ids["character_ids"].tolist() == expected
    assert ids["shape_ids"].tolist() == shape_ids(WORDS)
    assert {one.dtype.name for one in ids.values()} == {"int32"}
    assert 1 in ids["word_ids"] and 1 in ids["character_ids"]
    for name, number in (
        ("word_ids", encoder.vocabulary_size),
        ("shape_ids", encoder.num_shapes),
    ):
        assert 0 < ids[name].min() <= ids[name].max() < number
    assert ids["character_ids"][:, 0].min() > 0


def test_case_and_digits():
    sentences = [["The", "the", "1999", "2004", "ΟΔΟΣ", "İ"]]
    encoder = WordEncoder.train(sentences)
    assert encoder.words == ("0000", "the", "i", "οδοσ")
    assert encoder.encode(["THE", "1234", "Οδοσ", "123"])["word_ids"].tolist() == (
        [5, 4, 7, 1]
    )
    encoder = WordEncoder.train(sentences, lower=False, normalize_digits=False)
    assert set(encoder.words) == set(sentences[0])
    assert encoder.encode(["THE", "The"])["word_ids"][0] == 1
    assert WordEncoder.train(sentences, lower=False).words[0] == "0000"


def test_no_words():
    encoder = WordEncoder(["a"], max_characters=3)
    ids = encoder.encode([])
    assert ids["word_ids"].shape == ids["shape_ids"].shape == (0,)
    assert ids["character_ids"].shape == (0, 3)
    # Nor characters: all unknown.
    assert encoder.encode(["ab"])["character_ids"].tolist() == [[1, 1, 0]]


def test_what_is_loaded_is_what_was_saved(tmp_path):
    encoder = WordEncoder.train(SENTENCES, lower=False, max_characters=9)
    encoder.save(tmp_path / "words.json")
    loaded = WordEncoder.load(tmp_path / "words.json")
    assert loaded.fingerprint == encoder.fingerprint
    assert loaded.counts.tolist() == encoder.counts.tolist()
    for name, ids in loaded.encode(WORDS).items():
        np.testing.assert_array_equal(ids, encoder.encode(WORDS)[name])
    others = [
        WordEncoder(["a"]),
        WordEncoder(["a"], [2]),
        WordEncoder(["a"], None, "a"),
    ]
    assert len({one.fingerprint for one in (encoder, *others)}) == 4
    with pytest.raises(DataError, match="found one of word encoder"):
        load_tokenizer(tmp_path / "words.json")


def test_many_words_at_once():
    words = [f"{word}{number}" for number in range(50) for word in WORDS][:50_000]
    encoder = WordEncoder.train([words])
    start = time.process_time()
    encoder.encode(words)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"words": ["a", "a"]}, "words, entry 1: .* each once, found 'a' again"),
        ({"words": [""]}, "entry 0: expected a word, .* found an empty string"),
        ({"words": ["a", 5]}, "entry 1: expected a word, .* found 5"),
        ({"words": ["\ud800"]}, "a lone surrogate"),
        ({"words": ["The"]}, "as they are looked up, such as 'the', found 'The'"),
        ({"words": ["a"], "counts": [1, 2]}, "for each of the 1 words, found 2"),
        ({"words": ["a"], "counts": ["b"]}, "counts: expected a number"),
        ({"words": ["a"], "characters": "aba"}, "characters, entry 2: .* 'a' again"),
        ({"words": ["a"], "characters": "\ud800"}, "characters, entry 0"),
        ({"words": ["a"], "max_characters": 0}, "max_characters: expected 1 or more"),
    ],
)
def test_what_is_no_vocabulary(arguments, message):
    with pytest.raises(SeqkitError, match=message):
        WordEncoder(**arguments)


@pytest.mark.parametrize(
    ("sentences", "options", "message"),
    [
        ([], {}, "there is no text"),
        (["a b"], {}, "row 0: expected a list of words, found a string: 'a b'"),
        ([["a"], 5], {}, "row 1: expected a list of words, found 'int'"),
        ([["a", None]], {}, "expected a word, found None"),
        ([["a", ""]], {}, "found an empty string"),
        ([["a"]], {"vocabulary_size": 4}, "more than the 4 special tokens"),
        ([["a"]], {"min_count": 2}, "none that occur more than 1 times"),
    ],
)
def test_what_cannot_be_learnt(sentences, options, message):
    with pytest.raises(SeqkitError, match=message):
        WordEncoder.train(sentences, **options)


def test_what_cannot_be_encoded():
    with pytest.raises(SeqkitError, match="entry 1: expected a word, found an empty"):
        WordEncoder(["a"]).encode(["a", ""])
