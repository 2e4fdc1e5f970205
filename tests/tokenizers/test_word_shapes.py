"""Shapes of words against a definition that counts letters."""

import unicodedata

import pytest

from seqkit.tokenizers.word_shapes import NUM_SHAPES, SHAPES, shape_ids
from tests.tokenizers.awkward import AWKWARD, random_texts

NAMES = ["padding", "unknown", *SHAPES]


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        ("3 3.14 1,000 10:30 2004-05-06 50% ½ ٣", "number"),
        (". ... -- ?! € 👍", "punctuation"),
        ("B2B 10am F-102 x86", "with digit"),
        ("I A J. Ä", "capital"),
        ("the well-known e.g. ça", "lower"),
        ("The O'neil Élan (The ǅep", "Title"),
        ("NATO U.S. AT&T ÄÖ", "UPPER"),
        ("iPhone McDonald O'Neil Well-Known", "miXed"),
        ("日本 שלום", "other"),
    ],
)
def test_shapes(words, shape):
    found = [NAMES[i] for i in shape_ids(words.split())]
    assert found == [shape] * len(found)


def counted(word):
    """The shape by counting categories of characters."""
    kinds = [unicodedata.category(one) for one in word]
    letters = [kind for kind in kinds if kind[0] == "L"]
    upper = [kind in ("Lu", "Lt") for kind in letters]
    has_digit = any(kind[0] == "N" for kind in kinds)
    signs = [one in ".,:/%+-" for one in word]
    if has_digit and all(
        kind[0] == "N" or sign for kind, sign in zip(kinds, signs, strict=True)
    ):
        return "number"
    if not letters and not has_digit:
        return "punctuation"
    if has_digit:
        return "with digit"
    if any(upper):
        if len(upper) == 1:
            return "capital"
        if upper[0] and not any(upper[1:]):
            return "Title"
        # A letter of title case alone makes no capitals.
        return "UPPER" if "Ll" not in kinds and "Lu" in kinds else "miXed"
    return "lower" if "Ll" in kinds else "other"


def test_every_word_has_one():
    words = [word for text in AWKWARD + random_texts(400) for word in text.split()]
    # What another Unicode knows is left out.
    known = [w for w in words if all(unicodedata.category(one) != "Cn" for one in w)]
    assert len(known) > 100
    assert [NAMES[i] for i in shape_ids(known)] == [counted(word) for word in known]
    assert set(shape_ids(words)) <= set(range(2, NUM_SHAPES))
