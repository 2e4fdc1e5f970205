"""Tokenizers whose vocabulary is a list of pieces of text."""

from collections.abc import Sequence

from seqkit.tokenizers.incremental import IncrementalDecoder
from seqkit.tokenizers.json_tokenizer import JsonTokenizer
from seqkit.tokenizers.special_tokens import SPECIAL_PIECES
from seqkit.tokenizers.texts import checked, known_ids
from seqkit.tokenizers.tokenizer import Decoding


class PieceTokenizer(JsonTokenizer):
    """Base of the tokenizers of bytes, characters and words."""

    def __init__(self, names: Sequence[str]):
        self._names = (*SPECIAL_PIECES, *names)

    @property
    def vocabulary_size(self) -> int:
        """Number of ids, the special ones included."""
        return len(self._names)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without `<s>` and `</s>` around it."""
        return [self._encode(text) for text in checked(texts)]

    def decode(self, token_ids: Sequence[Sequence[int]]) -> list[str]:
        """Text of each sequence of ids, without special tokens that are not text."""
        texts = []
        for ids in token_ids:
            decoder = IncrementalDecoder(self)
            texts.append(decoder.add(ids) + decoder.end())
        return texts

    def pieces(self, token_ids: Sequence[int]) -> list[str]:
        """The name of each id, for plots; a space is `▁`."""
        return [self._names[i] for i in known_ids(token_ids, self.vocabulary_size)]

    def decoding(self) -> Decoding:
        """What `IncrementalDecoder` steps through."""
        raise NotImplementedError
