"""Bytes inside a TensorFlow graph."""

import tensorflow as tf

from seqkit.export.graph_tokenizer import TableTokenizer
from seqkit.special_ids import FIRST_TEXT_ID
from seqkit.tokenizers.bytes import CONTENTS


class InGraphBytes(TableTokenizer):
    """Text to token ids and back as TensorFlow operations, one token per byte.

    It returns what `seqkit.tokenizers.ByteTokenizer` returns, and holds no resources.

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

    def __init__(self, add_end: bool = False):
        super().__init__(CONTENTS, add_end)

    def _ids(self, texts):
        lengths = tf.strings.length(texts)
        width = tf.reduce_max(tf.concat([lengths, [1]], axis=0))
        read = tf.cast(tf.io.decode_raw(texts, tf.uint8, fixed_length=width), tf.int32)
        return tf.RaggedTensor.from_tensor(read + FIRST_TEXT_ID, lengths)

    def _texts(self, ids):
        texts = super()._texts(ids)
        return tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
