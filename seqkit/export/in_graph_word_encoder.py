"""What a tagger sees of words, inside a TensorFlow graph."""

import numpy as np
import tensorflow as tf

from seqkit.export.token_rows import PAD_ID, UNKNOWN_ID
from seqkit.export.unicode_classes import explicit
from seqkit.tokenizers.word_shapes import FIRST_SHAPE_ID, SHAPES

FIRST_ID = 4


class InGraphWordEncoder(tf.Module):
    """Words to the numbers that a tagger takes, as TensorFlow operations.

    It gives what `seqkit.tokenizers.WordEncoder` gives. It holds a lookup table, so in
    a `Signature` it belongs among the resources.

    Args:
        encoder: A `WordEncoder`.

    Example:

    >>> import tensorflow as tf
    >>> from seqkit.export import InGraphWordEncoder
    >>> from seqkit.tokenizers import WordEncoder
    >>> encoder = WordEncoder(["the", "dog"], characters="ehtT", max_characters=3)
    >>> encoder = InGraphWordEncoder(encoder)
    >>> ids = encoder.encode(tf.constant([["The", "cow"], ["", ""]]))
    >>> ids["word_ids"].numpy().tolist()
    [[4, 1], [0, 0]]
    >>> ids["character_ids"][0].numpy().tolist()
    [[7, 5, 4], [1, 1, 1]]
    """

    def __init__(self, encoder):
        super().__init__()
        self._max_characters = encoder.max_characters
        # A table holds something; padding is no word.
        keys = ["", *encoder.words]
        ids = [PAD_ID, *range(FIRST_ID, FIRST_ID + len(encoder.words))]
        self._table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                tf.constant(keys, tf.string), tf.constant(ids, tf.int64)
            ),
            UNKNOWN_ID,
        )
        self._normalization = _sorted_pairs(encoder.normalization)
        self._characters = _sorted_pairs(
            {ord(one): i for i, one in enumerate(encoder.characters, FIRST_ID)}
        )
        self._shapes = [explicit(pattern) for pattern in SHAPES.values()]

    def encode(self, words):
        """What stands for each word, of which M characters at most are seen.

        Args:
            words: `[B, T]` strings in UTF-8, "" for padding; what is no UTF-8 is read
                as U+FFFD.

        Returns:
            Dictionary of int32 tensors: `"word_ids"` `[B, T]`, `"character_ids"`
            `[B, T, M]` and `"shape_ids"` `[B, T]`, all 0 at padding.
        """
        shape = tf.shape(words)
        points = tf.strings.unicode_decode(
            tf.reshape(words, [-1]), "UTF-8", errors="replace"
        )
        is_word = points.row_lengths() > 0
        looked_up = points.with_values(
            _look_up(points.values, self._normalization, points.values)
        )
        word_ids = self._table.lookup(tf.strings.unicode_encode(looked_up, "UTF-8"))
        seen = points[:, : self._max_characters]
        seen = seen.with_values(_look_up(seen.values, self._characters, UNKNOWN_ID))
        written = tf.strings.unicode_encode(points, "UTF-8")
        shape_ids = tf.fill(tf.shape(word_ids), PAD_ID)
        # The first that fits is left in the end.
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


def _sorted_pairs(pairs):
    """Keys and values of a dictionary as arrays, the keys in their order."""
    keys = sorted(pairs)
    return np.array(keys, np.int32), np.array([pairs[key] for key in keys], np.int32)


def _look_up(points, pairs, default):
    keys, values = pairs
    if not len(keys):
        return tf.zeros_like(points) + default
    places = tf.minimum(tf.searchsorted(tf.constant(keys), points), len(keys) - 1)
    found = tf.gather(tf.constant(keys), places) == points
    return tf.where(found, tf.gather(tf.constant(values), places), default)
