"""What a tokenizer is to the other parts of seqkit."""

import os
from collections.abc import Sequence
from typing import Protocol, runtime_checkable


class Decoding(Protocol):
    """Decoding id by id: `add` returns what is certain after one, `end` the rest."""

    def add(self, token_id: int, /) -> str: ...

    def end(self) -> str: ...


@runtime_checkable
class Tokenizer(Protocol):
    """Text to token ids and back.

    The ids 0 to 3 are `<pad>`, `<unk>`, `<s>` and `</s>`, as in `seqkit.special_ids`.

    - `vocabulary_size` is the number of ids, the special ones included.
    - `fingerprint` is a hash of the whole tokenizer, a key for caches.
    - `encode` returns the ids of each text, without `<s>` and `</s>` around it.
    - `decode` returns the text of each sequence of ids, without `<pad>` and `<s>`.
    - `pieces` returns the name of each id, for plots.
    - `decoding` returns what `IncrementalDecoder` steps through.
    - `save` writes one file, which `load_tokenizer` reads.

    >>> from seqkit.tokenizers import ByteTokenizer, Tokenizer
    >>> isinstance(ByteTokenizer(), Tokenizer)
    True
    """

    @property
    def vocabulary_size(self) -> int: ...

    @property
    def fingerprint(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> list[list[int]]: ...

    def decode(self, token_ids: Sequence[Sequence[int]]) -> list[str]: ...

    def pieces(self, token_ids: Sequence[int]) -> list[str]: ...

    def decoding(self) -> Decoding: ...

    def save(self, path: str | os.PathLike[str]) -> None: ...
