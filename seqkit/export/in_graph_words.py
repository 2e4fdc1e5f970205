"""Words inside a TensorFlow graph."""

import numpy as np
import tensorflow as tf

from seqkit.export.token_rows import END_ID, UNKNOWN_ID, padded, shown_ids

FIRST_ID = 4
UNKNOWN = "<unk>"


class InGraphWords(tf.Module):
    """Text to token ids and back as TensorFlow operations, a word a token.

    It gives what `seqkit.tokenizers.WordTokenizer` gives: words are what stands between
    ASCII white space, and `</s>` stands for the end of a line. It holds a lookup table.

    Args:
        words: The vocabulary, as in `WordTokenizer.words`.
        add_end: Whether `encode` puts `</s>` at the end of each text, too.

    Example:

    >>> import tensorflow as tf
    >>> from seqkit.export import InGraphWords
    >>> tokenizer = InGraphWords(["the", "dog"])
    >>> ids = tokenizer.encode(tf.constant(["the  dog\\n the", "a"]))
    >>> ids.numpy().tolist()
    [[4, 5, 3, 4], [1, 0, 0, 0]]
    >>> tokenizer.decode(ids[None], tf.constant([[4, 1]])).numpy().tolist()
    [[b'the dog\\nthe', b'<unk>']]
    """

    def __init__(self, words, add_end=False):
        super().__init__()
        self._add_end = add_end
        keys = ["\n", *words]
        ids = [END_ID, *range(FIRST_ID, FIRST_ID + len(words))]
        self._table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                tf.constant(keys, tf.string), tf.constant(ids, tf.int64)
            ),
            UNKNOWN_ID,
        )
        texts = ["", UNKNOWN, "", "\n", *words]
        self._shown = np.array([text != "" for text in texts])
        # Arrays of bytes other than objects lose a NUL at the end.
        self._texts = np.array([text.encode() for text in texts], object)

    def encode(self, texts):
        """Token ids of each text, with `</s>` at the end of each line.

        Args:
            texts: `[B]` strings.

        Returns:
            `[B, S]` int32, right-padded with 0.
        """
        texts = tf.strings.regex_replace(texts, r"[ \t\r\v\f]+", " ")
        texts = tf.strings.regex_replace(texts, "\n", " \n ")
        words = tf.strings.split(texts, " ")
        words = tf.ragged.boolean_mask(words, tf.not_equal(words, ""))
        return padded(
            words.with_values(self._table.lookup(words.values)), self._add_end
        )

    def decode(self, token_ids, lengths):
        """Text of each sequence; what is not in the vocabulary is left out.

        Args:
            token_ids: `[B, N, L]` int32.
            lengths: `[B, N]` int32, how many ids of each sequence count.

        Returns:
            `[B, N]` strings.
        """
        ids = shown_ids(token_ids, lengths, self._shown)
        words = ids.with_values(tf.gather(tf.constant(self._texts), ids.values))
        texts = tf.strings.reduce_join(words, axis=-1, separator=" ")
        texts = tf.strings.regex_replace(texts, " ?\n ?", "\n")
        return tf.reshape(texts, tf.shape(lengths))
