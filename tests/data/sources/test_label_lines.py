"""Lines that begin with their label: where the label ends, and what is no such line."""

import pytest

from seqkit.data.sources.label_lines import read_label_lines
from seqkit.errors import DataError


@pytest.fixture
def read(tmp_path):
    def run(text, **options):
        path = tmp_path / "lines.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return list(read_label_lines(path, ("body", "class"), **options))

    return run


def rows(records):
    return [(record.values["class"], record.values["body"]) for record in records]


def test_the_first_space_ends_the_label(read):
    found = read("1 a good  film \r\nDESC:manner How \t?\n0 \u2028x\xa0y\n-1 1")
    assert rows(found) == [
        ("1", "a good  film "),
        ("DESC:manner", "How \t?"),
        ("0", "\u2028x\xa0y"),
        ("-1", "1"),
    ]
    assert [record.line for record in found] == [1, 2, 3, 4]


@pytest.mark.parametrize("bad", ["", " text", "1", "1 ", "1  \t", "__label__1 text"])
def test_lines_without_label_or_text(read, bad):
    good, broken, last = read(f"1 a\n{bad}\n0 b\n")
    assert rows([good, last]) == [("1", "a"), ("0", "b")]
    assert isinstance(broken, DataError) and broken.line == 2
    assert "expected a label, a space and a text" in str(broken)


def test_fasttext(read):
    found = read("__label__a b c\n__label__a __label__d-e\t__label__f  g __label__h \n")
    assert rows(found) == [(["a"], "b c"), (["a", "d-e", "f"], "g __label__h ")]


@pytest.mark.parametrize(
    "bad",
    ["", "1 a", "__label__1", "__label__ a", "__label__a __label__b ", "__label__"],
)
def test_lines_that_are_not_of_fasttext(read, bad):
    good, broken, last = read(f"__label__1 a\n{bad}\n__label__0 b\n")
    assert rows([good, last]) == [(["1"], "a"), (["0"], "b")]
    assert broken.line == 2
    assert "expected __label__ and a label, a space and a text" in str(broken)


def test_encoding(read):
    text = "1 crème brûlée\n0 naïve\n"
    expected = [("1", "crème brûlée"), ("0", "naïve")]
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        assert rows(read(text.encode(encoding), encoding=encoding)) == expected
    broken, good = read(b"1 cr\xe8me\n0 b\n")
    assert isinstance(broken, DataError) and "byte 0xe8 at byte 5" in str(broken)
    assert rows([good]) == [("0", "b")]
