"""Words that only a source knows: to ids on the way in, to text on the way out."""

from collections.abc import Sequence
from typing import Any

from seqkit.special_ids import UNKNOWN_ID

COPIED = "<copied>"


class OpenVocabulary:
    """The vocabulary of a tokenizer of words, with the unknown ones of each source.

    Args:
        tokenizer: A tokenizer with `tokens`, `ids_of` and `decode_open`, such as
            `seqkit.tokenizers.TextWordTokenizer`.
        max_extra: Most unknown words of a source that have an id of their own.
        max_length: Most tokens that are read of a source, `</s>` included.
    """

    def __init__(self, tokenizer: Any, max_extra: int, max_length: int):
        self.tokenizer, self.max_extra = tokenizer, max_extra
        self._most = max_length - 1

    def words(self, source: str) -> list[str]:
        """The unknown words of a source, by number."""
        (tokens,) = self.tokenizer.tokens([source])
        return self._unknown(tokens[: self._most])

    def encode(self, source: str) -> list[int]:
        """The ids of a source, with those of its own words."""
        (tokens,) = self.tokenizer.tokens([source])
        return self._ids(tokens, self._unknown(tokens[: self._most]))

    def encode_target(self, source: str, target: str) -> list[int]:
        """The ids of a target, by the words of its source."""
        (tokens,) = self.tokenizer.tokens([target])
        return self._ids(tokens, self.words(source))

    def _unknown(self, tokens):
        ids = self.tokenizer.ids_of(tokens)
        unknown = [t for t, i in zip(tokens, ids, strict=True) if i == UNKNOWN_ID]
        return list(dict.fromkeys(unknown))[: self.max_extra]

    def _ids(self, tokens, words):
        size = self.tokenizer.vocabulary_size
        own = {word: size + number for number, word in enumerate(words)}
        ids = self.tokenizer.ids_of(tokens)
        return [own.get(t, i) for t, i in zip(tokens, ids, strict=True)]

    def decode(self, token_ids: Sequence[int], source: str) -> str:
        """The text of ids, those of the source's own words included."""
        size = self.tokenizer.vocabulary_size
        words = self.words(source) if max(token_ids, default=0) >= size else []
        return self.tokenizer.decode_open(token_ids, words)

    def pieces(self, token_ids: Sequence[int], source: str | None = None) -> list[str]:
        """The name of each id, for plots; `<copied>` where the source is not given."""
        words = None if source is None else self.words(source)
        size = self.tokenizer.vocabulary_size

        def name(i):
            if i < size:
                return self.tokenizer.pieces([i])[0]
            return COPIED if words is None else words[i - size]

        return [name(int(i)) for i in token_ids]
