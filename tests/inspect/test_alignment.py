import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.inspect import Alignment

SOURCE = ["▁The", "▁clever", "▁child", "ren", ".", "</s>"]
TARGET = ["▁Die", "▁klug", "en", "▁Kinder", ".", "</s>"]


@pytest.fixture
def alignment():
    weights = np.random.default_rng(0).random((6, 6))
    return Alignment(weights / weights.sum(axis=1, keepdims=True), SOURCE, TARGET)


def test_a_wrong_shape_is_an_error():
    with pytest.raises(SeqkitError, match=r"\(1, 2\), found \(2, 1\)"):
        Alignment(np.ones((2, 1)), ["a", "b"], ["c"])


def test_words_add_up_the_source_and_average_the_target(alignment):
    words = alignment.words()
    assert words.source_tokens == ["The", "clever", "children", ".", "</s>"]
    assert words.target_tokens == ["Die", "klugen", "Kinder", ".", "</s>"]
    np.testing.assert_allclose(words.weights.sum(axis=1), 1)
    given = alignment.weights
    np.testing.assert_allclose(words.weights[0, 2], given[0, 2] + given[0, 3])
    np.testing.assert_allclose(words.weights[1, 0], (given[1, 0] + given[2, 0]) / 2)


def test_words_of_words_are_the_same(alignment):
    # Words have no sign for a space any more; with it they stay apart.
    words = alignment.words()
    spaced = Alignment(
        words.weights,
        ["▁" + token for token in words.source_tokens],
        ["▁" + token for token in words.target_tokens],
    )
    np.testing.assert_allclose(spaced.words().weights, words.weights)


def test_text_is_darker_where_the_weight_is_larger():
    weights = np.array([[1, 0], [0.5, 0.5], [0.25, 0.75]])
    alignment = Alignment(weights, ["▁ab", "c"], ["▁x", "▁yy", "z"])
    assert alignment.to_text() == "    ab  c\nx   ██\nyy  ▒▒  ▒\nz   ░░  ▓"
    assert alignment.to_text(shades=".#").splitlines()[1] == "x   ##  ."


def test_text_that_is_too_wide_goes_on_below(alignment):
    whole = alignment.to_text(max_width=1000)
    blocks = alignment.to_text(max_width=25).split("\n\n")
    assert len(blocks) > 1
    assert all(len(line) <= 25 for block in blocks for line in block.splitlines())
    heads = " ".join(block.splitlines()[0] for block in blocks)
    assert heads.split() == whole.splitlines()[0].split()


def test_a_token_wider_than_the_line_is_shown_whole():
    text = Alignment(np.ones((1, 1)), ["▁" + "a" * 50], ["b"]).to_text(max_width=10)
    assert text.splitlines()[1] == "b  " + "█" * 50


def test_weights_out_of_bounds_by_rounding_are_drawn():
    alignment = Alignment(np.array([[1.0000001, -1e-9]]), ["a", "b"], ["c"])
    assert alignment.to_text().splitlines()[1] == "c  █"
