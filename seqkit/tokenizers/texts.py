"""Checks of the texts and the ids that a tokenizer gets."""

from collections.abc import Iterable, Iterator

from seqkit.errors import SeqkitError


def check_unicode(row: int, text: str) -> None:
    """Raises unless a text, number `row`, is a string that UTF-8 can encode."""
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


def known_ids(
    token_ids: Iterable[int], vocabulary_size: int, name: str = "token_ids"
) -> list[int]:
    """The ids as Python's integers, all of them in the vocabulary."""
    ids = [int(i) for i in token_ids]
    if ids and not 0 <= min(ids) <= max(ids) < vocabulary_size:
        wrong = next(i for i in ids if not 0 <= i < vocabulary_size)
        raise SeqkitError(
            f"{name}: expected ids from 0 to {vocabulary_size - 1}, found {wrong}. "
            "Were they made with another vocabulary?"
        )
    return ids
