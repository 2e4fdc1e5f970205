"""Text as its tokens arrive."""

from collections.abc import Iterable

from seqkit.tokenizers.texts import known_ids
from seqkit.tokenizers.tokenizer import Tokenizer


class IncrementalDecoder:
    """Decodes one token after another, at the same cost for each.

    All that `add` and `end` return, put together, is what the tokenizer's `decode`
    returns for all ids at once. What the next ids may still change, such as the first
    bytes of a character, is held back until they are there.

    Args:
        prefix_ids: Ids that came before, such as those of a prompt. Their text is not
            returned, but that of the next ids continues it, with a space if need be.

    Raises:
        SeqkitError: An id is not in the vocabulary.

    >>> from seqkit.tokenizers import ByteTokenizer, IncrementalDecoder
    >>> tokenizer = ByteTokenizer()
    >>> (ids,) = tokenizer.encode(["a né"])
    >>> decoder = IncrementalDecoder(tokenizer, prefix_ids=ids[:2])
    >>> [decoder.add([i]) for i in ids[2:]], decoder.end()
    (['n', '', 'é'], '')
    """

    def __init__(self, tokenizer: Tokenizer, prefix_ids: Iterable[int] = ()):
        self._vocabulary_size = tokenizer.vocabulary_size
        self._decoding = tokenizer.decoding()
        self.add(prefix_ids)

    def add(self, token_ids: Iterable[int]) -> str:
        """The text that is certain after the next ids."""
        ids = known_ids(token_ids, self._vocabulary_size)
        return "".join(map(self._decoding.add, ids))

    def end(self) -> str:
        """The text that was held back; nothing may be added afterwards."""
        return self._decoding.end()
