"""Checks of the texts and the ids that a tokenizer gets."""

from collections.abc import Iterable, Iterator

from seqkit.errors import SeqkitError


def check_unicode(row: int, text: str) -> None:
    """Raises if a text is not a string, or has a lone surrogate and thus no UTF-8.

    Args:
        row: Number of the text, for the message.
        text: The text.
    """
    if not isinstance(text, str):
        raise SeqkitError(f"texts, row {row}: expected a string, found {text!r}")
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise SeqkitError(
            f"texts, row {row}: expected Unicode, found a lone surrogate at character "
            f"{error.start + 1}: {text[:40]!r}"
        ) from error


def checked(texts: Iterable[str]) -> Iterator[str]:
    """The texts, each of them checked."""
    if isinstance(texts, str):
        raise SeqkitError(
            f"texts: expected a list of strings, found one string: {texts[:40]!r}"
        )
    for row, text in enumerate(texts):
        check_unicode(row, text)
        yield text


def known_ids(token_ids: Iterable[int], vocabulary_size: int) -> list[int]:
    """The ids as Python's integers.

    Raises:
        SeqkitError: One of them is not in the vocabulary.
    """
    ids = [int(i) for i in token_ids]
    if ids and not 0 <= min(ids) <= max(ids) < vocabulary_size:
        wrong = next(i for i in ids if not 0 <= i < vocabulary_size)
        raise SeqkitError(
            f"token_ids: expected ids from 0 to {vocabulary_size - 1}, found {wrong}. "
            "Were they made with another tokenizer?"
        )
    return ids
