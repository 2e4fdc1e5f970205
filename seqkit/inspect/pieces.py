"""SentencePiece's pieces as words that people read."""

import re
import unicodedata

SPACE = "\u2581"  # SentencePiece's sign for a space
_SPECIAL = {"<pad>", "<s>", "</s>"}
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")


def readable(piece):
    """A piece for a label: its sign for a space left out, or shown where it is all.

    What moves a terminal's cursor, such as a newline, is shown as U+FFFD.
    """
    text = piece.replace(SPACE, " ").strip(" ") or piece or " "
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def word_spans(pieces):
    """Where the words are: `(start, stop)` for each, nothing left out.

    Tokens among which there is no sign for a space, nor a byte, are words already.

    Example:

    >>> from seqkit.inspect.pieces import word_spans
    >>> word_spans(["▁the", "▁dog", "s", ".", "</s>"])
    [(0, 1), (1, 3), (3, 4), (4, 5)]
    """
    if not any(SPACE in piece or _BYTE.fullmatch(piece) for piece in pieces):
        return [(i, i + 1) for i in range(len(pieces))]
    starts = [
        i
        for i, piece in enumerate(pieces)
        if i == 0
        or piece.startswith(SPACE)
        or {piece, pieces[i - 1]} & _SPECIAL
        or _is_punctuation(piece)
        and _ends_word(pieces, i)
    ]
    return list(zip(starts, [*starts, len(pieces)][1:], strict=True))


def word_text(pieces):
    """The text of the pieces of one word; bytes become the characters they spell.

    Example:

    >>> from seqkit.inspect.pieces import word_text
    >>> word_text(["▁caf", "<0xC3>", "<0xA9>"])
    'café'
    """
    text = b"".join(map(_as_bytes, pieces))
    return readable(text.decode(errors="replace"))


def _as_bytes(piece):
    byte = _BYTE.fullmatch(piece)
    return bytes([int(byte[1], 16)]) if byte else piece.encode()


def _is_punctuation(piece):
    return bool(piece) and all(unicodedata.category(c).startswith("P") for c in piece)


def _ends_word(pieces, i):
    """Whether nothing but punctuation follows in the word: not the `'` of `don't`."""
    for piece in pieces[i:]:
        if piece.startswith(SPACE) or piece in _SPECIAL:
            break
        if not _is_punctuation(piece):
            return False
    return True
