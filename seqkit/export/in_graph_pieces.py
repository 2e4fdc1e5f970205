"""Bytes, characters and words inside a TensorFlow graph."""

from collections.abc import Sequence

import tensorflow as tf

from seqkit.export.graph_tokenizer import TableTokenizer
from seqkit.export.tables import PointTable, string_table
from seqkit.special_ids import END_ID, FIRST_TEXT_ID, UNKNOWN_ID
from seqkit.tokenizers import bytes as of_bytes
from seqkit.tokenizers import characters as of_characters
from seqkit.tokenizers import words as of_words


class InGraphBytes(TableTokenizer):
    """Text to token ids and back as TensorFlow operations, one token per byte.

    The twin of `seqkit.tokenizers.ByteTokenizer`, without resources.

    Args:
        add_end: Whether `encode` puts `</s>` at the end of each text.

    >>> import tensorflow as tf, seqkit
    >>> tokenizer = seqkit.export.InGraphBytes(add_end=True)
    >>> tokenizer.encode(tf.constant(["né", ""])).numpy().tolist()
    [[114, 199, 173, 3], [3, 0, 0, 0]]
    >>> ids = tf.constant([[[114, 199, 173, 3]]])
    >>> tokenizer.decode(ids, tf.constant([[4]])).numpy()[0, 0].decode()
    'né'
    """

    def __init__(self, add_end: bool = False):
        super().__init__(of_bytes.CONTENTS, add_end)

    def _ids(self, texts):
        lengths = tf.strings.length(texts)
        width = tf.reduce_max(tf.concat([lengths, [1]], axis=0))
        read = tf.cast(tf.io.decode_raw(texts, tf.uint8, fixed_length=width), tf.int32)
        return tf.RaggedTensor.from_tensor(read + FIRST_TEXT_ID, lengths)

    def _texts(self, ids):
        texts = super()._texts(ids)
        return tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")


class InGraphCharacters(TableTokenizer):
    """Text to token ids and back as TensorFlow operations, one token per code point.

    The twin of `seqkit.tokenizers.CharacterTokenizer`, with its `characters`, without
    resources; `add_end` as in `InGraphBytes`.

    >>> import tensorflow as tf, seqkit
    >>> tokenizer = seqkit.export.InGraphCharacters("abc")
    >>> ids = tokenizer.encode(tf.constant(["cab", "d"]))
    >>> ids.numpy().tolist()
    [[6, 4, 5], [1, 0, 0]]
    >>> tokenizer.decode(ids[None], tf.constant([[3, 1]])).numpy().tolist()
    [[b'cab', b'\\xef\\xbf\\xbd']]
    """

    def __init__(self, characters: str | Sequence[str], add_end: bool = False):
        super().__init__([*of_characters.SPECIAL_TEXTS, *characters], add_end)
        self._points = PointTable(
            {ord(one): i for i, one in enumerate(characters, FIRST_TEXT_ID)}
        )

    def _ids(self, texts):
        points = tf.strings.unicode_decode(texts, "UTF-8", errors="replace")
        return points.with_values(self._points(points.values, UNKNOWN_ID))


class InGraphWords(TableTokenizer):
    """Text to token ids and back as TensorFlow operations, one token per word.

    The twin of `seqkit.tokenizers.WordTokenizer`, with its `words`; `add_end` as in
    `InGraphBytes`. It holds a lookup table.

    >>> import tensorflow as tf, seqkit
    >>> tokenizer = seqkit.export.InGraphWords(["the", "dog"])
    >>> ids = tokenizer.encode(tf.constant(["the  dog\\n the", "a"]))
    >>> ids.numpy().tolist()
    [[4, 5, 3, 4], [1, 0, 0, 0]]
    >>> tokenizer.decode(ids[None], tf.constant([[4, 1]])).numpy().tolist()
    [[b'the dog\\nthe', b'<unk>']]
    """

    def __init__(self, words: Sequence[str], add_end: bool = False):
        super().__init__([*of_words.SPECIAL_TEXTS, *words], add_end, separator=" ")
        ids = {word: i for i, word in enumerate(words, FIRST_TEXT_ID)}
        self._word_ids = string_table({"\n": END_ID, **ids})

    def _ids(self, texts):
        texts = tf.strings.regex_replace(texts, r"[ \t\r\v\f]+", " ")
        texts = tf.strings.regex_replace(texts, "\n", " \n ")
        words = tf.strings.split(texts, " ")
        words = tf.ragged.boolean_mask(words, tf.not_equal(words, ""))
        return words.with_values(self._word_ids.lookup(words.values))

    def _texts(self, ids):
        return tf.strings.regex_replace(super()._texts(ids), " ?\n ?", "\n")
