"""A token a byte."""

import codecs
from collections.abc import Sequence

from seqkit.tokenizers.json_tokenizer import JsonTokenizer
from seqkit.tokenizers.special_tokens import SPECIAL_PIECES
from seqkit.tokenizers.texts import checked, known_ids

FIRST_ID = len(SPECIAL_PIECES)
# What each id stands for; an unknown one reads as U+FFFD.
CONTENTS = (b"", "\ufffd".encode(), b"", b"", *(bytes([i]) for i in range(256)))


class ByteTokenizer(JsonTokenizer):
    """Text to token ids and back, a byte of UTF-8 a token.

    Byte b has the id b + 4, behind `<pad>`, `<unk>`, `<s>` and `</s>`. There is nothing
    to learn, and every text comes back as it went in. Ids in an order that is no UTF-8
    are decoded with U+FFFD in its place.

    Attributes:
        vocabulary_size: Number of ids, 260.

    Example:

    >>> from seqkit.tokenizers import ByteTokenizer
    >>> tokenizer = ByteTokenizer()
    >>> tokenizer.encode(["né"])
    [[114, 199, 173]]
    >>> tokenizer.decode([[114, 199, 173], [114, 199]])
    ['né', 'n�']
    """

    kind = "bytes"
    vocabulary_size = len(CONTENTS)

    @classmethod
    def train(cls, texts=()) -> "ByteTokenizer":
        """The tokenizer; there is nothing to learn from texts."""
        return cls()

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without `<s>` and `</s>`.

        Raises:
            SeqkitError: A text is no text.
        """
        return [[byte + FIRST_ID for byte in text.encode()] for text in checked(texts)]

    def decode(self, token_ids: Sequence[Sequence[int]]) -> list[str]:
        """Text of each sequence of ids; `<pad>`, `<s>` and `</s>` are left out.

        Raises:
            SeqkitError: An id is none of the vocabulary's.
        """
        return [
            b"".join(
                map(CONTENTS.__getitem__, known_ids(ids, self.vocabulary_size))
            ).decode(errors="replace")
            for ids in token_ids
        ]

    def decoding(self) -> "_Decoding":
        """What `IncrementalDecoder` steps through."""
        return _Decoding()

    def pieces(self, token_ids: Sequence[int]) -> list[str]:
        """The name of each id: its letter, `<0x0A>` where it is none, `▁` for a space.

        What a plot shows, in the form of SentencePiece's bytes.
        """
        return [_NAMES[i] for i in known_ids(token_ids, self.vocabulary_size)]

    def get_config(self) -> dict:
        """The constructor's arguments: none."""
        return {}


def _name(byte):
    if byte == 0x20:
        return "\u2581"
    return chr(byte) if 0x20 < byte < 0x7F else f"<0x{byte:02X}>"


_NAMES = (*SPECIAL_PIECES, *map(_name, range(256)))


class _Decoding:
    def __init__(self):
        # Holds back the first bytes of a character until the others are there.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def add(self, token_id):
        return self._decoder.decode(CONTENTS[token_id])

    def end(self):
        return self._decoder.decode(b"", final=True)
