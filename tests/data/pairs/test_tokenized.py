"""Each text is encoded once, kept, and found again."""

import datasets
import numpy as np
import pytest

from seqkit.data import tokenize_pairs

PAIRS = [("a bc d", "x"), ("e", "f g h i j k"), ("l m", "n o"), ("p " * 30, "q")] * 4


class Words:
    """An encoder that counts what it is given."""

    def __init__(self):
        self.texts = 0

    def __call__(self, texts):
        self.texts += len(texts)
        return [[4 + len(word) for word in text.split()] for text in texts]


@pytest.fixture
def texts():
    source, target = zip(*PAIRS, strict=True)
    return datasets.Dataset.from_dict({"source": source, "target": target})


def tokenize(texts, tmp_path, encode=None, fingerprint="words", max_length=10):
    encode = encode or Words()
    return tokenize_pairs(
        texts,
        encode,
        encode,
        fingerprint=fingerprint,
        max_length=max_length,
        cache_dir=tmp_path,
    )


def test_ids_texts_and_lengths_belong_together(texts, tmp_path):
    pairs = tokenize(texts, tmp_path)
    assert len(pairs) == 12 and pairs.over_length == 4 and pairs.max_length == 10
    rows = np.array([4, 0, 11])
    source, target = pairs.token_ids(rows)
    source_texts, target_texts = pairs.texts(rows)
    for i, row in enumerate(rows):
        assert source[i].tolist() == Words()([source_texts[i]])[0]
        assert target[i].tolist() == Words()([target_texts[i]])[0]
        assert pairs.lengths[row].tolist() == [len(source[i]) + 1, len(target[i]) + 1]
    assert target_texts == ["f g h i j k", "x", "n o"]
    assert len(pairs.texts()[0]) == 12


def test_end_of_sentence_counts_for_the_length(texts, tmp_path):
    assert tokenize(texts, tmp_path, max_length=7).over_length == 4
    assert tokenize(texts, tmp_path, max_length=6).over_length == 8
    assert len(tokenize(texts, tmp_path, max_length=1)) == 0


def test_a_second_start_encodes_nothing(texts, tmp_path):
    words = Words()
    first = tokenize(texts, tmp_path, words)
    assert words.texts == 2 * len(PAIRS)
    # The maximum length is no part of what is kept.
    again = tokenize(texts, tmp_path, words, max_length=99)
    assert words.texts == 2 * len(PAIRS)
    assert len(again) == len(PAIRS) and len(first) == 12
    rows = np.arange(3)
    for side, other in zip(first.token_ids(rows), again.token_ids(rows), strict=True):
        assert [ids.tolist() for ids in side] == [ids.tolist() for ids in other]


def test_another_tokenizer_or_other_texts_encode_again(texts, tmp_path):
    words = Words()
    tokenize(texts, tmp_path, words)
    tokenize(texts, tmp_path, words, fingerprint="others")
    assert words.texts == 4 * len(PAIRS)
    tokenize(texts.select(range(5)), tmp_path, words)
    assert words.texts == 4 * len(PAIRS) + 10


def test_texts_without_tokens(tmp_path):
    texts = datasets.Dataset.from_dict({"source": ["", "a"], "target": ["", ""]})
    pairs = tokenize(texts, tmp_path)
    assert pairs.lengths.tolist() == [[1, 1], [2, 1]]
    source, target = pairs.token_ids(np.array([0, 1]))
    assert [len(ids) for ids in source] == [0, 1]
    assert [len(ids) for ids in target] == [0, 0]
