"""Tokens as a running text."""

import codecs
from collections.abc import Sequence

from seqkit.inspect.pieces import BYTE, SPACE, SPECIAL

NEWLINE = "↵"


def running_text(tokens: Sequence[str]) -> list[str]:
    """The text to show for each of T tokens, a tokenizer's `pieces`."""
    words = _are_words(tokens)
    utf_8 = codecs.getincrementaldecoder("utf-8")("replace")
    shown, at_start = [], True
    for token in tokens:
        if byte := BYTE.fullmatch(token):
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
    """Whether tokens are words without spaces: neither pieces nor characters."""
    plain = [token for token in tokens if token not in {*SPECIAL, "<unk>"}]
    if any(SPACE in token or token.isspace() and token != "\n" for token in plain):
        return False
    return any(len(token) > 1 and not BYTE.fullmatch(token) for token in plain)


def _visible(character):
    if character == "\n":
        return NEWLINE + "\n"
    return character if character.isprintable() else "\ufffd"
