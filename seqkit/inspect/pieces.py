"""SentencePiece's pieces as readable words."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

SPACE = "\u2581"  # SentencePiece's sign for a space
SPECIAL = {"<pad>", "<s>", "</s>"}
BYTE = re.compile(r"<0x([0-9A-F]{2})>")


def readable(piece: str) -> str:
    """A piece as a label, without signs for spaces; what is unprintable is U+FFFD."""
    text = piece.replace(SPACE, " ").strip(" ") or piece or " "
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def word_spans(pieces: Sequence[str]) -> list[tuple[int, int]]:
    """The places `(start, stop)` of all words; without any sign, tokens are words."""
    if not any(SPACE in piece or BYTE.fullmatch(piece) for piece in pieces):
        return [(i, i + 1) for i in range(len(pieces))]
    starts = [
        i
        for i, piece in enumerate(pieces)
        if i == 0
        or piece.startswith(SPACE)
        or {piece, pieces[i - 1]} & SPECIAL
        or _is_punctuation(piece)
        and _ends_word(pieces, i)
    ]
    return list(zip(starts, [*starts, len(pieces)][1:], strict=True))


def word_text(pieces: Sequence[str]) -> str:
    """The text of the pieces of one word; bytes become the characters they spell."""
    text = b"".join(map(_as_bytes, pieces))
    return readable(text.decode(errors="replace"))


def joined(
    pieces: Sequence[str], spans: Sequence[tuple[int, int]] | None = None
) -> tuple[list[str], np.ndarray]:
    """W words of T pieces, and booleans `[W, T]`: which pieces belong to which word."""
    spans = word_spans(pieces) if spans is None else spans
    starts, stops = np.array(spans, int).reshape(-1, 2).T[..., None]
    places = np.arange(len(pieces))
    words = [word_text(pieces[start:stop]) for start, stop in spans]
    return words, (starts <= places) & (places < stops)


def _as_bytes(piece):
    byte = BYTE.fullmatch(piece)
    return bytes([int(byte[1], 16)]) if byte else piece.encode()


def _is_punctuation(piece):
    return bool(piece) and all(unicodedata.category(c).startswith("P") for c in piece)


def _ends_word(pieces, i):
    """Whether only punctuation follows in the word: not after the `'` of `don't`."""
    for piece in pieces[i:]:
        if piece.startswith(SPACE) or piece in SPECIAL:
            break
        if not _is_punctuation(piece):
            return False
    return True
