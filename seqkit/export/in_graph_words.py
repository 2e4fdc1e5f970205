"""Words inside a TensorFlow graph."""

from collections.abc import Sequence

import tensorflow as tf

from seqkit.export.graph_tokenizer import TableTokenizer
from seqkit.export.tables import string_table
from seqkit.special_ids import END_ID, FIRST_TEXT_ID
from seqkit.tokenizers.words import SPECIAL_TEXTS


class InGraphWords(TableTokenizer):
    """Text to token ids and back as TensorFlow operations, one token per word.

    It returns what `seqkit.tokenizers.WordTokenizer` returns: ASCII white space
    separates words, and the end of a line is `</s>`. It holds a lookup table.

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

    def __init__(self, words: Sequence[str], add_end: bool = False):
        super().__init__([*SPECIAL_TEXTS, *words], add_end, separator=" ")
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
