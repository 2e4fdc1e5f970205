"""Texts with labels are encoded once, kept, ended and cut."""

import datasets
import numpy as np
import pytest

from seqkit.data import tokenize_labelled

ROWS = [("a bc d", ["x"]), ("", ["y"]), ("e f g h i j k", ["x", "y"]), ("l", [])] * 4


class Words:
    """An encoder that counts what it is given."""

    def __init__(self):
        self.texts = 0

    def __call__(self, texts):
        self.texts += len(texts)
        return [[4 + len(word) for word in text.split()] for text in texts]


@pytest.fixture
def texts():
    text, labels = zip(*ROWS, strict=True)
    return datasets.Dataset.from_dict({"text": text, "labels": labels})


def tokenize(texts, tmp_path, encode=None, fingerprint="words", **options):
    options = {"fingerprint": fingerprint, "cache_dir": tmp_path} | options
    return tokenize_labelled(texts, encode or Words(), **options)


@pytest.mark.parametrize("max_length", [None, 1, 2, 4, 7, 8, 99])
def test_ids_texts_labels_and_lengths_belong_together(texts, tmp_path, max_length):
    found = tokenize(texts, tmp_path, max_length=max_length)
    rows = np.array([4, 0, 11, 6, 1])
    ids = found.token_ids(rows)
    for i, row in enumerate(rows):
        text, labels = ROWS[row]
        whole = [*Words()([text])[0], 3]
        assert ids[i].tolist() == whole[:max_length]
        assert found.lengths[row] == len(ids[i]) >= 1
        assert found.texts(rows)[i] == text and found.labels(rows)[i] == labels
    assert len(found) == len(ROWS) == len(found.texts()) == len(found.labels())
    longer = [len(text.split()) + 1 > (max_length or 99) for text, _ in ROWS]
    assert found.over_length == sum(longer)
    assert all(row.dtype.kind == "i" for row in ids)


def test_other_encodings_are_ended_and_cut_alike(texts, tmp_path):
    found = tokenize(texts, tmp_path, max_length=3, end_id=9)
    ended = found.ended([[5], [], np.array([5, 6]), [5, 6, 7, 8]])
    assert [row.tolist() for row in ended] == [[5, 9], [9], [5, 6, 9], [5, 6, 7]]


def test_a_second_start_encodes_nothing(texts, tmp_path):
    words = Words()
    first = tokenize(texts, tmp_path, words)
    assert words.texts == len(ROWS)
    # Neither the maximum length nor the id of the end is part of what is kept.
    again = tokenize(texts, tmp_path, words, max_length=2, end_id=1)
    assert words.texts == len(ROWS)
    assert again.token_ids([2])[0].tolist() == first.token_ids([2])[0][:2].tolist()


def test_another_tokenizer_or_other_texts_encode_again(texts, tmp_path):
    words = Words()
    tokenize(texts, tmp_path, words)
    tokenize(texts, tmp_path, words, fingerprint="others")
    assert words.texts == 2 * len(ROWS)
    tokenize(texts.select(range(5)), tmp_path, words)
    assert words.texts == 2 * len(ROWS) + 5


def test_wrong_maximum(texts, tmp_path):
    with pytest.raises(ValueError, match="max_length: expected 1 or more, found 0"):
        tokenize(texts, tmp_path, max_length=0)
