"""Bytes inside a TensorFlow graph."""

import numpy as np
import tensorflow as tf

from seqkit.export.token_rows import padded, shown_ids

FIRST_ID = 4
REPLACEMENT = "\ufffd".encode()


class InGraphBytes(tf.Module):
    """Text to token ids and back as TensorFlow operations, a byte a token.

    It gives what `seqkit.tokenizers.ByteTokenizer` gives, and holds no resources.

    Args:
        add_end: Whether `encode` puts `</s>` at the end of each text.

    Example:

    >>> import tensorflow as tf
    >>> from seqkit.export import InGraphBytes
    >>> tokenizer = InGraphBytes(add_end=True)
    >>> tokenizer.encode(tf.constant(["né", ""])).numpy().tolist()
    [[114, 199, 173, 3], [3, 0, 0, 0]]
    >>> ids = tf.constant([[[114, 199, 173, 3]]])
    >>> tokenizer.decode(ids, tf.constant([[4]])).numpy()[0, 0].decode()
    'né'
    """

    def __init__(self, add_end=False):
        super().__init__()
        self._add_end = add_end
        contents = [b"", REPLACEMENT, b"", b"", *(bytes([i]) for i in range(256))]
        self._shown = np.array([one != b"" for one in contents])
        # Arrays of bytes other than objects lose a NUL at the end.
        self._contents = np.array(contents, object)

    def encode(self, texts):
        """Token ids of each text.

        Args:
            texts: `[B]` strings of any bytes.

        Returns:
            `[B, S]` int32, right-padded with 0.
        """
        lengths = tf.strings.length(texts)
        width = tf.reduce_max(tf.concat([lengths, [1]], axis=0))
        read = tf.io.decode_raw(texts, tf.uint8, fixed_length=width)
        rows = tf.RaggedTensor.from_tensor(tf.cast(read, tf.int32) + FIRST_ID, lengths)
        return padded(rows, self._add_end)

    def decode(self, token_ids, lengths):
        """Text of each sequence; what is no UTF-8 in it becomes U+FFFD.

        Args:
            token_ids: `[B, N, L]` int32; ids outside the vocabulary are left out.
            lengths: `[B, N]` int32, how many ids of each sequence count.

        Returns:
            `[B, N]` strings.
        """
        ids = shown_ids(token_ids, lengths, self._shown)
        read = ids.with_values(tf.gather(tf.constant(self._contents), ids.values))
        texts = tf.strings.reduce_join(read, axis=-1)
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        return tf.reshape(texts, tf.shape(lengths))
