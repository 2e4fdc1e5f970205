"""Tokens as a text that people read, each still known by itself."""

import codecs
import re

from seqkit.inspect.pieces import SPACE

NEWLINE = "↵"
_SPECIAL = {"<pad>", "<unk>", "<s>", "</s>"}
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")


def running_text(tokens):
    """What to show of each token, so that all in a row are the text.

    SentencePiece's sign becomes a space; tokens that are whole words get a space before
    them, and their `</s>` is a line end; of bytes the last one of a character shows it.
    A line end is shown as `↵` with one behind it; what else moves a terminal's cursor
    becomes U+FFFD.

    Args:
        tokens: List of T strings, as a tokenizer's `pieces` gives them.

    Returns:
        List of T strings.

    Example:

    >>> from seqkit.inspect.running_text import running_text
    >>> running_text(["▁the", "▁dog", "s", "\\n"])
    ['the', ' dog', 's', '↵\\n']
    >>> running_text(["the", "dogs", "bark"])
    ['the', ' dogs', ' bark']
    """
    words = _are_words(tokens)
    utf_8 = codecs.getincrementaldecoder("utf-8")("replace")
    shown, at_start = [], True
    for token in tokens:
        if byte := _BYTE.fullmatch(token):
            text = utf_8.decode(bytes([int(byte[1], 16)]))
        else:
            text = utf_8.decode(b"", final=True) + token.replace(SPACE, " ")
        if words and text in ("</s>", "<eos>"):
            text = "\n"
        elif words and not at_start and text != "\n":
            text = " " + text
        elif at_start and token.startswith(SPACE) and len(token) > 1:
            text = text[1:]
        text = "".join(map(_visible, text))
        shown.append(text)
        at_start = text.endswith("\n")
    return shown


def _are_words(tokens):
    """Whether the spaces between tokens are left out: neither pieces nor characters."""
    plain = [token for token in tokens if token not in _SPECIAL]
    if any(SPACE in token or token.isspace() and token != "\n" for token in plain):
        return False
    return any(len(token) > 1 and not _BYTE.fullmatch(token) for token in plain)


def _visible(character):
    if character == "\n":
        return NEWLINE + "\n"
    return character if character.isprintable() else "\ufffd"
