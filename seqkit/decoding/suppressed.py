"""The special tokens that are never part of a text."""

from seqkit.special_ids import END_ID, PAD_ID, START_ID, UNKNOWN_ID


def text_suppress_ids(start_id: int | None, end_id: int | None) -> tuple[int, ...]:
    """Which of `<pad>`, `<unk>`, `<s>` and `</s>` a language model never generates.

    All of them, except a `</s>` that ends a text, or the lines of running text: there
    `end_id` is `None`, and `start_id` ends a line. For the `suppress_ids` of `decode`.

    >>> from seqkit.decoding import text_suppress_ids
    >>> text_suppress_ids(2, 3), text_suppress_ids(7, None)
    ((0, 1, 2), (0, 1, 2, 3))
    """
    never = PAD_ID, UNKNOWN_ID, START_ID
    in_text = start_id if end_id is None else end_id
    return never if in_text == END_ID else (*never, END_ID)
