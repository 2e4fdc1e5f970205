"""Text as its tokens arrive."""

from collections.abc import Iterable

from seqkit.tokenizers.texts import known_ids


class IncrementalDecoder:
    """Decodes one token after another, at the same cost for each.

    All that `add` and `end` give, put together, is what the tokenizer's `decode` gives
    for all ids at once. What the next ids may still change, such as the first bytes of
    a character, is held back until they are there.

    Args:
        tokenizer: One of `seqkit.tokenizers`.
        prefix_ids: Ids that came before, such as those of a prompt. Their text is not
            given, but that of the next ids goes on from them: with the space between
            two words, for one.

    Raises:
        SeqkitError: An id is none of the vocabulary's.

    Example:

    >>> from seqkit.tokenizers import ByteTokenizer, IncrementalDecoder
    >>> tokenizer = ByteTokenizer()
    >>> (ids,) = tokenizer.encode(["a né"])
    >>> decoder = IncrementalDecoder(tokenizer, prefix_ids=ids[:2])
    >>> [decoder.add([i]) for i in ids[2:]], decoder.end()
    (['n', '', 'é'], '')
    """

    def __init__(self, tokenizer, prefix_ids: Iterable[int] = ()):
        self._vocabulary_size = tokenizer.vocabulary_size
        self._decoding = tokenizer.decoding()
        self.add(prefix_ids)

    def add(self, token_ids: Iterable[int]) -> str:
        """The text that is settled by the next ids."""
        ids = known_ids(token_ids, self._vocabulary_size)
        return "".join(map(self._decoding.add, ids))

    def end(self) -> str:
        """What was held back; nothing may be added afterwards."""
        return self._decoding.end()
