"""Cards and values of options are YAML 1.2, which makes no objects."""

import pytest

from seqkit.errors import SeqkitError
from seqkit.options.yaml import read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("True", True),
        ("007", 7),
        ("0o10", 8),
        ("0x1F", 31),
        ("'007'", "007"),
        ("1e-3", 0.001),
        ("1e3", 1000.0),
        ("-.5", -0.5),
        ("+1", 1),
        ("1_000", 1000),
        (".inf", float("inf")),
        ("2024-01-01", "2024-01-01"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("12:30", "12:30"),
        ("~", None),
        ("null", None),
        ("", None),
        ("[1, a]", [1, "a"]),
        ("a: {b: ~}", {"a": {"b": None}}),
        ("!!str 1", "1"),
        ("a: &x 1\nb: *x", {"a": 1, "b": 1}),
        ("'<s>\\t': \"<s>\\t\"", {"<s>\\t": "<s>\t"}),
    ],
)
def test_plain_values(text, value):
    read = read_yaml(text, "here")
    assert read == value and type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "here, line 1: not a readable YAML file"),
        ("a: 1\na: 2", "here, line 2: .*duplicate key"),
        ("a: 1\n'a': 2", "here, line 2: .*duplicate key"),
        ("a:\n  b: {c: 1,\n   c: 2}", "here, line 3: .*duplicate key"),
        ("!!python/object:os.system x", "here, line 1: .*tag"),
        ("a: !own x", "here, line 1: .*tag"),
        ("a\n---\nb", "here, line 2: .*another document"),
        ("\t- a", "here, line 1: .*cannot start any token"),
        ("a: *x", "here, line 1: .*undefined alias"),
        ("a\0", "here: not a readable YAML file: .*special characters"),
        ("[" * 1000, "here: not a readable YAML file: .*recursion"),
    ],
)
def test_what_is_no_yaml(text, message):
    with pytest.raises(SeqkitError, match=message):
        read_yaml(text, "here")


def test_anchors_that_repeat_others_without_end():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for i in range(1, 9):
        lines.append(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]")
    for text in ("\n".join(lines), "a: &a [*a]"):
        with pytest.raises(SeqkitError, match="card: expected at most .* values"):
            read_yaml(text, "card")
