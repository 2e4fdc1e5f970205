"""How much text there is, in the units that a loss is given by."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class TextCounts:
    """What a text holds, to give a loss per word, character or byte.

    Args:
        characters: Unicode characters; of a stream with the line ends.
        bytes: The same in UTF-8.
        words: What is separated by ASCII white space, as word tokenizers see it.
        line_ends: Line feeds; of a stream one for every row.
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
    def of(cls, texts, documents=False):
        """Counts texts, which for a stream hold their line ends."""
        encoded = [text.encode() for text in texts]
        return cls(
            characters=sum(map(len, texts)),
            bytes=sum(map(len, encoded)),
            words=sum(len(text.split()) for text in encoded),
            line_ends=sum(text.count(b"\n") for text in encoded),
            documents=len(texts) if documents else 0,
        )

    def __add__(self, other):
        names = [field.name for field in fields(self)]
        return TextCounts(*(getattr(self, n) + getattr(other, n) for n in names))

    @property
    def word_tokens(self):
        """Words, and every end of a line or a document as one more.

        This is what perplexity is given by for Penn Treebank and WikiText, whatever the
        model's own tokens are.
        """
        return self.words + self.line_ends + self.documents
