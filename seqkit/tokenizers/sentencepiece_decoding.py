"""SentencePiece's decoding, one piece after another."""

from typing import Any

from seqkit.errors import SeqkitError
from seqkit.special_ids import END_ID, PAD_ID, START_ID, UNKNOWN_ID

SPACE = "\u2581"  # SentencePiece's sign for a space
LEFT_OUT = (PAD_ID, START_ID, END_ID)


class PieceTable:
    """Text and name of each piece of a model (`""` for control tokens), or its byte."""

    def __init__(self, processor: Any, proto: bytes):
        from sentencepiece import sentencepiece_model_pb2 as pb

        model = pb.ModelProto.FromString(proto)
        if model.denormalizer_spec.precompiled_charsmap:
            raise SeqkitError(
                "decoding one token after another: expected a SentencePiece model "
                "without denormalization rules, found one that rewrites whole texts"
            )
        ids = range(processor.get_piece_size())
        self.names = [processor.id_to_piece(i) for i in ids]
        self.texts = [name.replace(SPACE, " ") for name in self.names]
        self.texts[UNKNOWN_ID] = processor.decode([UNKNOWN_ID])
        self.bytes = {
            i: bytes([int(self.names[i][3:5], 16)]) for i in ids if processor.is_byte(i)
        }
        for i in ids:
            if processor.is_control(i):
                self.names[i] = self.texts[i] = ""
        self.names[UNKNOWN_ID] = ""  # the space that it is shown with stays
        rules = model.normalizer_spec
        self.strips_all = rules.remove_extra_whitespaces
        self.strips_space = rules.add_dummy_prefix or self.strips_all


class PieceDecoding:
    """`SentencePieceProcessor.decode` by step; bytes wait for their character."""

    def __init__(self, table: PieceTable):
        self._table = table
        self._held = b""
        self._at_start = table.strips_space

    def add(self, token_id: int) -> str:
        if token_id in LEFT_OUT:
            return ""
        byte = self._table.bytes.get(token_id)
        if byte is not None:
            self._held += byte
            text = self._characters(final=False)
            self._at_start = self._at_start and not text
            return text
        held = self._characters(final=True)
        self._at_start = self._at_start and not held
        text = self._table.texts[token_id]
        if self._at_start and self._table.names[token_id].startswith(SPACE):
            text = text[1:]
            self._at_start = self._table.strips_all and not text
        elif text:
            self._at_start = False
        return held + text

    def end(self) -> str:
        return self._characters(final=True)

    def _characters(self, final):
        """Takes from the bytes held what is a character, or cannot become one."""
        text = ""
        while self._held:
            length = _length(self._held[0])
            if len(self._held) < length and not final:
                break
            try:
                text += self._held[:length].decode()
            except UnicodeDecodeError:
                text, length = text + "\ufffd", 1
            self._held = self._held[length:]
        return text


def _length(first):
    """Bytes of the character that a byte begins; 1 if it can begin none."""
    if 0xC0 <= first < 0xE0:
        return 2
    if 0xE0 <= first < 0xF0:
        return 3
    return 4 if 0xF0 <= first < 0xF8 else 1
