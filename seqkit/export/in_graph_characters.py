"""Characters inside a TensorFlow graph."""

import numpy as np
import tensorflow as tf

from seqkit.export.token_rows import UNKNOWN_ID, padded, shown_ids

FIRST_ID = 4
REPLACEMENT = "\ufffd"


class InGraphCharacters(tf.Module):
    """Text to token ids and back as TensorFlow operations, a code point a token.

    It gives what `seqkit.tokenizers.CharacterTokenizer` gives, and holds no resources.

    Args:
        characters: The vocabulary, as in `CharacterTokenizer.characters`.
        add_end: Whether `encode` puts `</s>` at the end of each text.

    Example:

    >>> import tensorflow as tf
    >>> from seqkit.export import InGraphCharacters
    >>> tokenizer = InGraphCharacters("abc")
    >>> ids = tokenizer.encode(tf.constant(["cab", "d"]))
    >>> ids.numpy().tolist()
    [[6, 4, 5], [1, 0, 0]]
    >>> tokenizer.decode(ids[None], tf.constant([[3, 1]])).numpy().tolist()
    [[b'cab', b'\\xef\\xbf\\xbd']]
    """

    def __init__(self, characters, add_end=False):
        super().__init__()
        self._add_end = add_end
        points = np.array([ord(one) for one in characters], np.int32)
        order = np.argsort(points)
        self._points = points[order]
        self._ids = (order + FIRST_ID).astype(np.int32)
        texts = ["", REPLACEMENT, "", "", *characters]
        self._shown = np.array([text != "" for text in texts])
        # Arrays of bytes other than objects lose a NUL at the end.
        self._texts = np.array([text.encode() for text in texts], object)

    def encode(self, texts):
        """Token ids of each text.

        Args:
            texts: `[B]` strings in UTF-8; what is none is read as U+FFFD.

        Returns:
            `[B, S]` int32, right-padded with 0.
        """
        points = tf.strings.unicode_decode(texts, "UTF-8", errors="replace")
        return padded(points.with_values(self._look_up(points.values)), self._add_end)

    def _look_up(self, points):
        if not len(self._points):
            return tf.fill(tf.shape(points), UNKNOWN_ID)
        places = tf.searchsorted(tf.constant(self._points), points)
        places = tf.minimum(places, len(self._points) - 1)
        found = tf.gather(tf.constant(self._points), places) == points
        return tf.where(found, tf.gather(tf.constant(self._ids), places), UNKNOWN_ID)

    def decode(self, token_ids, lengths):
        """Text of each sequence; what is not in the vocabulary is left out.

        Args:
            token_ids: `[B, N, L]` int32.
            lengths: `[B, N]` int32, how many ids of each sequence count.

        Returns:
            `[B, N]` strings.
        """
        ids = shown_ids(token_ids, lengths, self._shown)
        texts = ids.with_values(tf.gather(tf.constant(self._texts), ids.values))
        return tf.reshape(tf.strings.reduce_join(texts, axis=-1), tf.shape(lengths))
