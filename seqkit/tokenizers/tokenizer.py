"""What a tokenizer is to the other parts of seqkit."""

import os
from collections.abc import Sequence
from typing import Protocol, runtime_checkable


class Decoding(Protocol):
    """The decoding of one sequence, token by token."""

    def add(self, token_id: int, /) -> str:
        """The text that is certain after the next id."""

    def end(self) -> str:
        """The text that was held back."""


@runtime_checkable
class Tokenizer(Protocol):
    """Text to token ids and back.

    The ids 0 to 3 are `<pad>`, `<unk>`, `<s>` and `</s>`, as in `seqkit.special_ids`.

    Example:

    >>> from seqkit.tokenizers import ByteTokenizer, Tokenizer
    >>> isinstance(ByteTokenizer(), Tokenizer)
    True
    """

    @property
    def vocabulary_size(self) -> int:
        """Number of ids, the special ones included."""

    @property
    def fingerprint(self) -> str:
        """A hash of the whole tokenizer, a key for caches of encoded texts."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without `<s>` and `</s>` around it."""

    def decode(self, token_ids: Sequence[Sequence[int]]) -> list[str]:
        """Text of each sequence of ids; `<pad>` and `<s>` are left out."""

    def pieces(self, token_ids: Sequence[int]) -> list[str]:
        """The name of each id, for plots."""

    def decoding(self) -> Decoding:
        """What `IncrementalDecoder` steps through."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes one file, which `load_tokenizer` reads."""
