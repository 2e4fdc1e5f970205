import pytest

from seqkit.errors import SeqkitError
from seqkit.inference import n_best_texts

N_BEST = [[([4, 5], -1.0), ([6], -2.0)], [([7], -3.0)], [([8, 9], -0.5)]]


def render(rows, ids):
    return [f"{row}:{one}" for row, one in zip(rows, ids, strict=True)]


def test_the_best_of_each_row():
    assert n_best_texts(N_BEST, render) == ["0:[4, 5]", "1:[7]", "2:[8, 9]"]


def test_lists_with_scores():
    found = n_best_texts(N_BEST, render, num_return_sequences=2, return_scores=True)
    assert found[0] == [("0:[4, 5]", -1.0), ("0:[6]", -2.0)]
    assert found[1] == [("1:[7]", -3.0)]


def test_no_rows():
    assert n_best_texts([], render) == []


def test_a_row_without_a_result_is_named():
    with pytest.raises(SeqkitError, match="image 1: expected a finite score"):
        n_best_texts([N_BEST[0], []], render, what="image")
