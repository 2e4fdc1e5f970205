import pytest

from seqkit.inspect import inside_quotes, line_position, nesting_depth


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (['▁"', "Hi", '"', "x"], [1, 1, 0, 0]),
        (["“", "a", "”", "b"], [1, 1, 0, 0]),
        (["``", "a", "''", "b"], [1, 1, 0, 0]),
        (['"a"', 'b"'], [0, 1]),
        ([], []),
    ],
)
def test_inside_quotes(tokens, expected):
    assert inside_quotes(tokens).tolist() == expected


def test_line_position():
    tokens = ["a", "b", "\n", "\n", "c", "<eos>", "d", "</s>", "e"]
    assert line_position(tokens).tolist() == [1, 2, 0, 0, 1, 0, 1, 0, 1]


def test_nesting_depth():
    assert nesting_depth(["((", "a", ")", ")", ")", "["]).tolist() == [2, 2, 1, 0, 0, 1]
    assert nesting_depth(list("{a}"), "{", "}").tolist() == [1, 1, 0]
    assert nesting_depth(list("(a"), "{", "}").tolist() == [0, 0]
