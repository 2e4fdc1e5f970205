"""The four tokens that are no text, and where they stand."""

PAD_ID, UNKNOWN_ID, START_ID, END_ID = range(4)
"""The ids of `<pad>`, `<unk>`, `<s>` and `</s>` in every vocabulary."""

SPECIAL_PIECES = ("<pad>", "<unk>", "<s>", "</s>")
"""Their names."""


def with_special_tokens_first(proto: bytes) -> bytes:
    """A SentencePiece model with `<pad>`, `<unk>`, `<s>`, `</s>` as ids 0 to 3.

    SentencePiece segments by the scores of the pieces, not by their order, so the ids
    of a model can be dealt out anew; a special token that it lacks is added.

    Args:
        proto: The bytes of a `.model` file.

    Returns:
        The bytes of the same model, in that order; unchanged where it was so already.
    """
    from sentencepiece import sentencepiece_model_pb2 as pb

    model = pb.ModelProto.FromString(proto)
    if not model.pieces:
        raise ValueError("it holds no pieces")
    spec, piece_type = model.trainer_spec, pb.ModelProto.SentencePiece
    ids = [spec.pad_id, spec.unk_id, spec.bos_id, spec.eos_id]
    if ids == [0, 1, 2, 3]:
        return proto
    names = [
        spec.pad_piece or "<pad>",
        spec.unk_piece or "<unk>",
        spec.bos_piece or "<s>",
        spec.eos_piece or "</s>",
    ]
    types = [piece_type.CONTROL, piece_type.UNKNOWN] + [piece_type.CONTROL] * 2
    first = [
        piece_type(piece=name, score=0.0, type=kind)
        for name, kind in zip(names, types, strict=True)
    ]
    others = [piece for piece in model.pieces if piece.piece not in names]
    del model.pieces[:]
    model.pieces.extend(first + others)
    spec.pad_id, spec.unk_id, spec.bos_id, spec.eos_id = 0, 1, 2, 3
    spec.pad_piece, spec.unk_piece, spec.bos_piece, spec.eos_piece = names
    spec.vocab_size = len(model.pieces)
    return model.SerializeToString()
