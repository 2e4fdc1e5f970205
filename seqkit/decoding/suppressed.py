"""The special tokens that no text consists of."""


def text_suppress_ids(start_id, end_id):
    """Which of `<pad>`, `<unk>`, `<s>` and `</s>` a language model never generates.

    All of them, but for a `</s>` that ends a text, or the lines of a running one.

    Args:
        start_id: Token that is read before a text.
        end_id: Token that ends it; None in a running text, which begins with the token
            that ends a line.

    Returns:
        A tuple of ids, for the `suppress_ids` of `decode`.

    Example:

    >>> from seqkit.decoding import text_suppress_ids
    >>> text_suppress_ids(2, 3), text_suppress_ids(7, None)
    ((0, 1, 2), (0, 1, 2, 3))
    """
    in_text = start_id if end_id is None else end_id
    return (0, 1, 2) if in_text == 3 else (0, 1, 2, 3)
