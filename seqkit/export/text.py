"""SentencePiece inside a TensorFlow graph."""

import hashlib
import struct

import numpy as np
import tensorflow as tf

from seqkit.errors import SeqkitError
from seqkit.export.graph_tokenizer import GraphTokenizer
from seqkit.special_ids import PAD_ID

SPACE = "\u2581"  # SentencePiece's sign for a space


class InGraphTokenizer(GraphTokenizer):
    """Text to token ids and back as TensorFlow operations, by tensorflow-text.

    The twin of `seqkit.tokenizers.SentencePieceTokenizer`, to the byte. Make it right
    before it is used: setting a seed (`keras.utils.set_random_seed`,
    `tf.random.set_seed`) or `keras.utils.clear_session` destroys all resources.

    Args:
        proto: The bytes of a SentencePiece model with `<pad>`, `<unk>`, `<s>`, `</s>`
            as ids 0 to 3, such as `SentencePieceTokenizer.proto`.
        add_end: Whether `encode` puts `</s>` at the end of each text.

    Raises:
        SeqkitError: tensorflow-text is not installed.

    >>> import tensorflow as tf, seqkit
    >>> from seqkit.tokenizers import SentencePieceTokenizer
    >>> text = ["the dog runs", "the dogs run", "a dog ran"] * 10
    >>> proto = SentencePieceTokenizer.train(text, vocabulary_size=300).proto
    >>> tokenizer = seqkit.export.InGraphTokenizer(proto)
    >>> ids = tokenizer.encode(tf.constant(["a <s> dog", ""]))
    >>> ids[1].numpy().tolist()[:3]
    [3, 0, 0]
    >>> tokenizer.decode(ids[:, None], tf.constant([[99], [99]])).numpy().tolist()
    [[b'a <s> dog'], [b'']]
    """

    def __init__(self, proto: bytes, add_end: bool = True):
        import sentencepiece
        from sentencepiece import sentencepiece_model_pb2 as pb

        try:
            import tensorflow_text
        except ImportError as error:
            raise SeqkitError(
                f"text in a SavedModel: expected tensorflow-text, found {error}. "
                "Install it, or export with text=False for token ids in and out."
            ) from error
        processor = sentencepiece.SentencePieceProcessor(model_proto=proto)
        ids = range(processor.get_piece_size())
        super().__init__([not processor.is_control(i) for i in ids], add_end)
        # In a loaded SavedModel, tokenizers of one name are one tokenizer.
        name = f"sentencepiece_{hashlib.sha256(proto).hexdigest()[:16]}"
        self._tokenizer = tensorflow_text.SentencepieceTokenizer(
            model=_quiet(proto), out_type=tf.int32, name=name
        )
        names = [processor.id_to_piece(i) for i in ids]
        self._space_first = np.array([name.startswith(SPACE) for name in names])
        rules = pb.ModelProto.FromString(proto).normalizer_spec
        self._first = None
        if rules.add_dummy_prefix and not rules.remove_extra_whitespaces:
            # A piece whose text does not depend on the next: no space, no byte.
            self._first = next(
                (i, len(processor.decode([i]).encode()))
                for i in ids
                if processor.decode([i])
                and SPACE not in names[i]
                and not processor.is_byte(i)
            )

    def _ids(self, texts):
        return self._tokenizer.tokenize(texts)

    def _texts(self, ids):
        """Strings of ragged ids."""
        # tensorflow-text drops all spaces at the beginning, sentencepiece only its own.
        # So each text begins with another piece, which is then cut off.
        if self._first is None:
            return self._tokenizer.detokenize(ids)
        rows = ids.nrows()
        begun = tf.fill([rows, 1], tf.constant(self._first[0]))
        texts = self._tokenizer.detokenize(tf.concat([begun, ids], axis=1))
        first = ids[:, :1].to_tensor(PAD_ID, shape=[None, 1])[:, 0]
        begins = tf.gather(tf.constant(self._space_first), first)
        cut = self._first[1] + tf.cast(begins, tf.int32)
        return tf.strings.substr(texts, cut, tf.fill([rows], tf.int32.max))


def _quiet(proto: bytes) -> bytes:
    """The same model with a map of characters, from A to A.

    Each load of a model without one would write "precompiled_charsmap is empty".
    """
    from sentencepiece import sentencepiece_model_pb2 as pb

    model = pb.ModelProto.FromString(proto)
    rules = model.normalizer_spec
    if rules.precompiled_charsmap:
        return proto
    # The double array of darts-clone with one key: its root, A, and the value 0.
    units = [unit ^ 1 for unit in range(256)]
    units[:3] = 1 << 16, 0xD00 | ord("A"), 1 << 31
    trie = struct.pack("<256I", *units)
    rules.precompiled_charsmap = struct.pack("<I", len(trie)) + trie + b"A\0"
    return model.SerializeToString()
