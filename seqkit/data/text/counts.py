"""The size of a text, in the units of a loss."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class TextCounts:
    """The size of a text, to compute a loss per word, character or byte.

    Args:
        characters: Unicode characters, for a stream with the line ends.
        bytes: The same in UTF-8.
        words: Words separated by ASCII white space, as word tokenizers see them.
        line_ends: Line feeds, for a stream one for every row.
        documents: Documents; 0 for a stream.

    >>> from seqkit.data import TextCounts
    >>> TextCounts.of(["to be\\n", "or not\\n"]).word_tokens
    6
    """

    characters: int = 0
    bytes: int = 0
    words: int = 0
    line_ends: int = 0
    documents: int = 0

    @classmethod
    def of(cls, texts: Sequence[str], documents: bool = False) -> "TextCounts":
        """Counts texts, with their line ends for a stream."""
        encoded = [text.encode() for text in texts]
        return cls(
            characters=sum(map(len, texts)),
            bytes=sum(map(len, encoded)),
            words=sum(len(text.split()) for text in encoded),
            line_ends=sum(text.count(b"\n") for text in encoded),
            documents=len(texts) if documents else 0,
        )

    def __add__(self, other: "TextCounts") -> "TextCounts":
        names = [field.name for field in fields(self)]
        return TextCounts(*(getattr(self, n) + getattr(other, n) for n in names))

    @property
    def word_tokens(self) -> int:
        """Words, plus one for every end of a line or document.

        Perplexity on Penn Treebank and WikiText is per such token, whatever the model's
        own tokens are.
        """
        return self.words + self.line_ends + self.documents


def row_sizes(texts: Sequence[str], documents: bool = False) -> np.ndarray:
    """Of each of R texts the `word_tokens` and the characters, integers `[R, 2]`."""
    ends = int(documents)
    sizes = [
        (len(one.split()) + one.count(b"\n") + ends, len(text))
        for text, one in ((text, text.encode()) for text in texts)
    ]
    return np.array(sizes, np.int64).reshape(-1, 2)
