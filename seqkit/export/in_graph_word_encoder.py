"""What a tagger sees of words, inside a TensorFlow graph."""

import tensorflow as tf

from seqkit.export.tables import PointTable, string_table
from seqkit.export.unicode_classes import explicit
from seqkit.special_ids import FIRST_TEXT_ID, PAD_ID, UNKNOWN_ID
from seqkit.tokenizers import WordEncoder
from seqkit.tokenizers.word_shapes import FIRST_SHAPE_ID, SHAPES


class InGraphWordEncoder(tf.Module):
    """Words to the ids that a tagger reads, as TensorFlow operations.

    The twin of `seqkit.tokenizers.WordEncoder`. It holds a lookup table, so a
    `Signature` must name it among its resources.

    >>> import tensorflow as tf, seqkit
    >>> from seqkit.tokenizers import WordEncoder
    >>> encoder = WordEncoder(["the", "dog"], characters="ehtT", max_characters=3)
    >>> encoder = seqkit.export.InGraphWordEncoder(encoder)
    >>> ids = encoder.encode(tf.constant([["The", "cow"], ["", ""]]))
    >>> ids["word_ids"].numpy().tolist()
    [[4, 1], [0, 0]]
    >>> ids["character_ids"][0].numpy().tolist()
    [[7, 5, 4], [1, 1, 1]]
    """

    def __init__(self, encoder: WordEncoder):
        super().__init__()
        self._max_characters = encoder.max_characters
        # A table cannot be empty; padding is no word.
        words = {word: i for i, word in enumerate(encoder.words, FIRST_TEXT_ID)}
        self._word_ids = string_table({"": PAD_ID, **words})
        self._normalization = PointTable(encoder.normalization)
        self._character_ids = PointTable(
            {ord(one): i for i, one in enumerate(encoder.characters, FIRST_TEXT_ID)}
        )
        self._shapes = [explicit(pattern) for pattern in SHAPES.values()]

    def encode(self, words: tf.Tensor) -> dict[str, tf.Tensor]:
        """The ids of words `[B, T]` in UTF-8, and of their first M characters.

        `""` is padding; bytes that are not UTF-8 are read as U+FFFD. Returns int32
        tensors: `"word_ids"` `[B, T]`, `"character_ids"` `[B, T, M]` and `"shape_ids"`
        `[B, T]`, all 0 at padding.
        """
        shape = tf.shape(words)
        points = tf.strings.unicode_decode(
            tf.reshape(words, [-1]), "UTF-8", errors="replace"
        )
        is_word = points.row_lengths() > 0
        normal = points.with_values(self._normalization(points.values, points.values))
        word_ids = self._word_ids.lookup(tf.strings.unicode_encode(normal, "UTF-8"))
        seen = points[:, : self._max_characters]
        seen = seen.with_values(self._character_ids(seen.values, UNKNOWN_ID))
        written = tf.strings.unicode_encode(points, "UTF-8")
        shape_ids = tf.fill(tf.shape(word_ids), PAD_ID)
        # The first that fits overwrites the others.
        for number, pattern in reversed([*enumerate(self._shapes, FIRST_SHAPE_ID)]):
            fits = tf.strings.regex_full_match(written, pattern)
            shape_ids = tf.where(fits, number, shape_ids)

        def of_words(ids):
            ids = tf.where(is_word, tf.cast(ids, tf.int32), PAD_ID)
            return tf.reshape(ids, shape)

        character_ids = seen.to_tensor(PAD_ID, shape=[None, self._max_characters])
        character_shape = tf.concat([shape, [self._max_characters]], axis=0)
        return {
            "word_ids": of_words(word_ids),
            "character_ids": tf.ensure_shape(
                tf.reshape(character_ids, character_shape),
                [None, None, self._max_characters],
            ),
            "shape_ids": of_words(shape_ids),
        }
