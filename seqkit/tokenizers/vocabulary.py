"""What is in a vocabulary, and with which ids."""

from collections import Counter
from collections.abc import Callable, Iterable

from seqkit.errors import SeqkitError
from seqkit.special_ids import FIRST_TEXT_ID, UNKNOWN_ID


class PieceIds(dict):
    """Pieces to their ids, 4 for the first; all others have that of `<unk>`."""

    def __init__(self, pieces: Iterable):
        super().__init__((p, i) for i, p in enumerate(pieces, FIRST_TEXT_ID))

    def __missing__(self, piece):
        return UNKNOWN_ID


def wrong_string(value: object) -> str | None:
    """What keeps a value from being a nonempty string of Unicode, or nothing."""
    if not isinstance(value, str):
        return repr(value)
    if not value:
        return "an empty string"
    if not value.isascii() and any("\ud800" <= one <= "\udfff" for one in value):
        return f"a lone surrogate in {value!r}"
    return None


def check_entries(
    entries: Iterable,
    name: str,
    what: str,
    wrong: Callable[[object], str | None] = wrong_string,
    once: bool = True,
) -> None:
    """Raises unless all entries of `name` are `what`, by default each `once`."""
    known = set()
    for place, entry in enumerate(entries):
        found = wrong(entry)
        if found is None and once and entry in known:
            found = f"{entry!r} again"
        if found is not None:
            what += ", each once" if once else ""
            raise SeqkitError(f"{name}, entry {place}: expected {what}, found {found}")
        known.add(entry)


def most_frequent(
    counts: Counter, vocabulary_size: int | None, what: str, min_count: int = 1
) -> list:
    """The most frequent pieces first; messages call them `what`."""
    if not counts:
        raise SeqkitError(
            f"no vocabulary of {what} could be learned: there is no text in the "
            "training texts"
        )
    if vocabulary_size is not None and vocabulary_size <= FIRST_TEXT_ID:
        raise SeqkitError(
            f"vocabulary_size: expected more than the {FIRST_TEXT_ID} special tokens, "
            f"found {vocabulary_size}"
        )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = [piece for piece, count in ordered if count >= min_count]
    if not kept:
        raise SeqkitError(
            f"min_count: expected that some {what} occur {min_count} times in the "
            f"training texts, found none that occur more than {ordered[0][1]} times"
        )
    return kept if vocabulary_size is None else kept[: vocabulary_size - FIRST_TEXT_ID]
