"""SentencePiece inside a TensorFlow graph."""

import hashlib

import numpy as np
import tensorflow as tf

from seqkit.errors import SeqkitError
from seqkit.export.token_rows import END_ID as END_ID
from seqkit.export.token_rows import PAD_ID, shown_ids

SPACE = "\u2581"  # SentencePiece's sign for a space


class InGraphTokenizer(tf.Module):
    """Text to token ids and back as TensorFlow operations, by tensorflow-text.

    It gives what `seqkit.tokenizers.SentencePieceTokenizer` gives for the same model,
    to the byte. Setting a seed (`keras.utils.set_random_seed`, `tf.random.set_seed`) or
    `keras.utils.clear_session` destroys it: TensorFlow forgets all resources then. So
    it is made right before it is wanted.

    Args:
        proto: The bytes of a SentencePiece model with `<pad>`, `<unk>`, `<s>`, `</s>`
            as ids 0 to 3, such as `SentencePieceTokenizer.proto`.
        add_end: Whether `encode` puts `</s>` at the end of each text.

    Raises:
        SeqkitError: tensorflow-text is not installed.

    Example:

    >>> import tensorflow as tf
    >>> from seqkit.export import InGraphTokenizer
    >>> from seqkit.tokenizers import SentencePieceTokenizer
    >>> text = ["the dog runs", "the dogs run", "a dog ran"] * 10
    >>> proto = SentencePieceTokenizer.train(text, vocabulary_size=300).proto
    >>> tokenizer = InGraphTokenizer(proto)
    >>> ids = tokenizer.encode(tf.constant(["a <s> dog", ""]))
    >>> ids[1].numpy().tolist()[:3]
    [3, 0, 0]
    >>> tokenizer.decode(ids[:, None], tf.constant([[99], [99]])).numpy().tolist()
    [[b'a <s> dog'], [b'']]
    """

    def __init__(self, proto, add_end=True):
        super().__init__()
        try:
            import tensorflow_text
        except ImportError as error:
            raise SeqkitError(
                f"text in a SavedModel: expected tensorflow-text, found {error}. "
                "Install it, or export with text=False for token ids in and out."
            ) from error
        # In a loaded SavedModel, tokenizers of one name are one tokenizer.
        name = f"sentencepiece_{hashlib.sha256(proto).hexdigest()[:16]}"
        self._tokenizer = tensorflow_text.SentencepieceTokenizer(
            model=proto, out_type=tf.int32, add_eos=add_end, name=name
        )
        self._read(proto)

    def encode(self, texts):
        """Token ids of each text, with `</s>` where asked for.

        Args:
            texts: `[B]` strings in UTF-8. Each byte that is no UTF-8 is read as U+FFFD.

        Returns:
            `[B, S]` int32, right-padded with 0.
        """
        return self._tokenizer.tokenize(texts).to_tensor(PAD_ID)

    def decode(self, token_ids, lengths):
        """Text of each sequence; special tokens and ids of no piece are left out.

        Args:
            token_ids: `[B, N, L]` int32.
            lengths: `[B, N]` int32, how many ids of each sequence count.

        Returns:
            `[B, N]` strings.
        """
        pieces = shown_ids(token_ids, lengths, self._visible)
        return tf.reshape(self._text(pieces), tf.shape(lengths))

    def _text(self, pieces):
        """Strings of ragged ids.

        tensorflow-text drops every space at the beginning of a text, sentencepiece
        only the one that it put there. So the text is begun with something else, which
        is cut off again.
        """
        if self._first is None:
            return self._tokenizer.detokenize(pieces)
        rows = pieces.nrows()
        begun = tf.fill([rows, 1], tf.constant(self._first[0]))
        texts = self._tokenizer.detokenize(tf.concat([begun, pieces], axis=1))
        first = pieces[:, :1].to_tensor(PAD_ID, shape=[None, 1])[:, 0]
        begins = tf.gather(tf.constant(self._space_first), first)
        cut = self._first[1] + tf.cast(begins, tf.int32)
        return tf.strings.substr(texts, cut, tf.fill([rows], tf.int32.max))

    def _read(self, proto):
        """Tables over the ids that tensorflow-text has no operations for."""
        import sentencepiece
        from sentencepiece import sentencepiece_model_pb2 as pb

        processor = sentencepiece.SentencePieceProcessor(model_proto=proto)
        ids = range(processor.get_piece_size())
        names = [processor.id_to_piece(i) for i in ids]
        self._visible = np.array([not processor.is_control(i) for i in ids])
        self._space_first = np.array([name.startswith(SPACE) for name in names])
        rules = pb.ModelProto.FromString(proto).normalizer_spec
        self._first = None
        if rules.add_dummy_prefix and not rules.remove_extra_whitespaces:
            # A piece with a text of its own, whatever comes next: no space, no byte.
            self._first = next(
                (i, len(processor.decode([i]).encode()))
                for i in ids
                if processor.decode([i])
                and SPACE not in names[i]
                and not processor.is_byte(i)
            )
