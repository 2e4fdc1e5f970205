"""What stands in a vocabulary, and under which ids."""

from collections import Counter

from seqkit.errors import SeqkitError
from seqkit.tokenizers.special_tokens import SPECIAL_PIECES, UNKNOWN_ID


class PieceIds(dict):
    """From pieces to their ids, 4 for the first; all others have that of `<unk>`.

    Args:
        pieces: The vocabulary without the special tokens.
    """

    def __init__(self, pieces):
        super().__init__((p, i) for i, p in enumerate(pieces, len(SPECIAL_PIECES)))

    def __missing__(self, piece):
        return UNKNOWN_ID


def most_frequent(
    counts: Counter, vocabulary_size: int | None, what: str, min_count: int = 1
) -> list:
    """The pieces of a vocabulary by how often they occur, then in their own order.

    Args:
        counts: How often each piece occurs.
        vocabulary_size: Greatest number of ids with the special ones, `None` for any.
        what: What the pieces are, for messages.
        min_count: How often a piece must occur at least.

    Raises:
        SeqkitError: There is nothing to take.
    """
    if not counts:
        raise SeqkitError(
            f"no vocabulary of {what} could be learnt: there is no text in the "
            "training texts"
        )
    special = len(SPECIAL_PIECES)
    if vocabulary_size is not None and vocabulary_size <= special:
        raise SeqkitError(
            f"vocabulary_size: expected more than the {special} special tokens, found "
            f"{vocabulary_size}"
        )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = [piece for piece, count in ordered if count >= min_count]
    if not kept:
        raise SeqkitError(
            f"min_count: expected that some {what} occur {min_count} times in the "
            f"training texts, found none that occur more than {ordered[0][1]} times"
        )
    return kept if vocabulary_size is None else kept[: vocabulary_size - special]
