"""One token per byte."""

import codecs

from seqkit.special_ids import FIRST_TEXT_ID
from seqkit.tokenizers.piece_tokenizer import PieceTokenizer

CONTENTS = (b"", "\ufffd".encode(), b"", b"", *(bytes([i]) for i in range(256)))
"""The bytes of each id; the unknown one reads as U+FFFD."""


class ByteTokenizer(PieceTokenizer):
    """Text to token ids and back, one token per byte of UTF-8.

    Byte b has the id b + 4, after `<pad>`, `<unk>`, `<s>` and `</s>`: 260 ids. There is
    nothing to train, and every text comes back as it went in. `decode` returns U+FFFD
    for ids that are not valid UTF-8.
    `pieces` names ids as SentencePiece does: by letters, `▁`, and `<0x0A>` and such.

    >>> from seqkit.tokenizers import ByteTokenizer
    >>> tokenizer = ByteTokenizer()
    >>> tokenizer.encode(["né"])
    [[114, 199, 173]]
    >>> tokenizer.decode([[114, 199, 173], [114, 199]])
    ['né', 'n�']
    """

    kind = "bytes"

    def __init__(self):
        super().__init__(list(map(_name, range(256))))

    @classmethod
    def train(cls, texts=()) -> "ByteTokenizer":
        """The tokenizer; there is nothing to learn from texts."""
        return cls()

    def _encode(self, text):
        return [byte + FIRST_TEXT_ID for byte in text.encode()]

    def decoding(self) -> "_Decoding":
        return _Decoding()

    def get_config(self) -> dict:
        return {}


def _name(byte):
    if byte == 0x20:
        return "\u2581"
    return chr(byte) if 0x20 < byte < 0x7F else f"<0x{byte:02X}>"


class _Decoding:
    def __init__(self):
        # Holds back the first bytes of a character until the others are there.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def add(self, token_id):
        return self._decoder.decode(CONTENTS[token_id])

    def end(self):
        return self._decoder.decode(b"", final=True)
