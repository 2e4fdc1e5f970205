"""What all tokenizers inside a TensorFlow graph have in common."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from seqkit.special_ids import END_ID, PAD_ID


class GraphTokenizer(tf.Module):
    """Text to token ids and back as TensorFlow operations.

    A subclass implements `_ids`, from strings `[B]` to ragged ids, and `_texts`, from
    ragged ids to strings; `shown` `[V]` are those that have a text.
    """

    def __init__(self, shown: Sequence[bool], add_end: bool):
        super().__init__()
        self._shown, self._add_end = np.array(shown), add_end

    def encode(self, texts: tf.Tensor, max_length: int | None = None) -> tf.Tensor:
        """Token ids `[B, S]` int32 of texts `[B]` in UTF-8, right-padded with 0.

        Of a text of more than `max_length` tokens, `</s>` included, the first are taken
        and `</s>`. If all texts are empty and get no `</s>`, S is 0.
        """
        rows = tf.cast(self._ids(texts), tf.int32)
        if max_length is not None:
            rows = rows[:, : max_length - self._add_end]
        if self._add_end:
            rows = tf.concat([rows, tf.fill([rows.nrows(), 1], END_ID)], axis=1)
        return rows.to_tensor(PAD_ID)

    def decode(
        self, token_ids: tf.Tensor, lengths: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Text `[B, N]` of ids `[B, N, L]`, or of the first `lengths` of them."""
        shape = tf.shape(token_ids)
        # No -1 here: nothing can be inferred if L is 0.
        ids = tf.reshape(token_ids, [shape[0] * shape[1], shape[2]])
        is_known = (ids >= 0) & (ids < len(self._shown))
        ids = tf.where(is_known, ids, PAD_ID)
        keep = tf.gather(tf.constant(self._shown), ids)
        if lengths is not None:
            keep &= tf.sequence_mask(tf.reshape(lengths, [-1]), shape[2])
        texts = self._texts(tf.ragged.boolean_mask(ids, keep))
        return tf.reshape(texts, shape[:2])


class TableTokenizer(GraphTokenizer):
    """A tokenizer that decodes each id by itself; `texts` are empty if left out."""

    def __init__(self, texts: Sequence[str | bytes], add_end: bool, separator=""):
        texts = [text.encode() if isinstance(text, str) else text for text in texts]
        super().__init__([text != b"" for text in texts], add_end)
        # Arrays of bytes other than objects lose a NUL at the end.
        self._table, self._separator = np.array(texts, object), separator

    def _texts(self, ids):
        pieces = ids.with_values(tf.gather(tf.constant(self._table), ids.values))
        return tf.strings.reduce_join(pieces, axis=-1, separator=self._separator)
