"""Classes of words by the case of their letters and by their other characters."""

import functools
from collections.abc import Iterable
from typing import Any

import regex

SHAPES = {
    "number": r"[\p{N}.,:/%+-]*[\p{N}][\p{N}.,:/%+-]*",
    "punctuation": r"[^\p{L}\p{N}]+",
    "with digit": r"[^\p{N}]*[\p{N}](?s:.)*",
    # One letter alone may be upper case or title case: I, A, J.
    "capital": r"[^\p{L}]*[\p{Lu}\p{Lt}][^\p{L}]*",
    "lower": r"[^\p{Lu}\p{Lt}]*[\p{Ll}][^\p{Lu}\p{Lt}]*",
    "Title": r"[^\p{L}]*[\p{Lu}\p{Lt}][^\p{Lu}\p{Lt}]*",
    "UPPER": r"[^\p{Ll}]*[\p{Lu}][^\p{Ll}]*",
    "miXed": r"[^\p{Lu}\p{Lt}]*[\p{Lu}\p{Lt}](?s:.)*",
    # Letters of scripts without case.
    "other": r"(?s:.)+",
}
"""Patterns for a whole word; a word's shape is the first that matches.

They mean the same to the `regex` package and to RE2."""

FIRST_SHAPE_ID = 2
NUM_SHAPES = FIRST_SHAPE_ID + len(SHAPES)
"""Number of ids: 0 is padding and 1 the unknown, as in any vocabulary."""


def shape_ids(words: Iterable[str]) -> list[int]:
    """The id of each word's shape, in the order of `SHAPES`; no word may be empty."""
    match: Any = _any_shape().fullmatch
    return [match(word).lastindex + FIRST_SHAPE_ID - 1 for word in words]


@functools.cache
def _any_shape():
    return regex.compile("|".join(f"({pattern})" for pattern in SHAPES.values()))
