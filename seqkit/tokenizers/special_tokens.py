"""The special tokens of SentencePiece models."""

from seqkit.special_ids import END_ID, PAD_ID, START_ID, UNKNOWN_ID

SPECIAL_PIECES = ("<pad>", "<unk>", "<s>", "</s>")
"""Names of the ids of `seqkit.special_ids`."""


def with_special_tokens_first(proto: bytes) -> bytes:
    """A SentencePiece model with `<pad>`, `<unk>`, `<s>`, `</s>` as ids 0 to 3."""
    # It segments by the scores of pieces, not by their order, so it can be renumbered.
    from sentencepiece import sentencepiece_model_pb2 as pb

    model = pb.ModelProto.FromString(proto)
    if not model.pieces:
        raise ValueError("it holds no pieces")
    spec, piece_type = model.trainer_spec, pb.ModelProto.SentencePiece
    wanted = PAD_ID, UNKNOWN_ID, START_ID, END_ID
    if (spec.pad_id, spec.unk_id, spec.bos_id, spec.eos_id) == wanted:
        return proto
    given = spec.pad_piece, spec.unk_piece, spec.bos_piece, spec.eos_piece
    names = [a or b for a, b in zip(given, SPECIAL_PIECES, strict=True)]
    types = [piece_type.CONTROL] * len(names)
    types[UNKNOWN_ID] = piece_type.UNKNOWN
    first = [
        piece_type(piece=name, score=0.0, type=kind)
        for name, kind in zip(names, types, strict=True)
    ]
    others = [piece for piece in model.pieces if piece.piece not in names]
    del model.pieces[:]
    model.pieces.extend(first + others)
    spec.pad_id, spec.unk_id, spec.bos_id, spec.eos_id = wanted
    spec.pad_piece, spec.unk_piece, spec.bos_piece, spec.eos_piece = names
    spec.vocab_size = len(model.pieces)
    return model.SerializeToString()
