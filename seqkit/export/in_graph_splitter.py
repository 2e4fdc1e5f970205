"""Words of a text inside a TensorFlow graph."""

from typing import NamedTuple

import tensorflow as tf

from seqkit.export.rows import dense
from seqkit.export.unicode_classes import explicit
from seqkit.tokenizers import WordSplitter
from seqkit.tokenizers.word_splitter import BOUNDARY, PASSES


class SplitTexts(NamedTuple):
    """Words of B texts, and their places in characters, `[B, T]`; padding "" and -1."""

    words: tf.Tensor
    starts: tf.Tensor
    ends: tf.Tensor


class InGraphSplitter(tf.Module):
    """Texts to words as TensorFlow operations.

    The twin of `seqkit.tokenizers.WordSplitter`, without resources.

    >>> import tensorflow as tf
    >>> from seqkit.export import InGraphSplitter
    >>> from seqkit.tokenizers import WordSplitter
    >>> found = InGraphSplitter(WordSplitter()).split(tf.constant(["I don't.", ""]))
    >>> found.words[0].numpy().tolist()
    [b'I', b'do', b"n't", b'.']
    >>> found.starts.numpy().tolist()
    [[0, 2, 4, 7], [-1, -1, -1, -1]]
    """

    def __init__(self, splitter: WordSplitter):
        super().__init__()
        self._passes = [
            (explicit(pattern), replacement)
            for pattern, replacement in PASSES[splitter.rule]
        ]

    def split(self, texts: tf.Tensor) -> SplitTexts:
        """The words of texts `[B]`; each byte that is not UTF-8 is one U+FFFD."""
        marked = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        marked = tf.strings.regex_replace(marked, BOUNDARY, " ")
        for pattern, replacement in self._passes:
            marked = tf.strings.regex_replace(marked, pattern, replacement)
        # Space, a word, space, a word, ...
        pieces = tf.strings.split(marked, BOUNDARY)
        rows, first = pieces.value_rowids(), pieces.row_starts()
        lengths = tf.strings.length(pieces.values, unit="UTF8_CHAR")
        begins = tf.cumsum(lengths, exclusive=True)
        # No piece begins a row where there are none.
        starts = begins - tf.gather(begins, tf.gather(first, rows))
        number = tf.range(tf.size(rows, tf.int64)) - tf.gather(first, rows)
        is_word = number % 2 == 1
        rows = tf.boolean_mask(rows, is_word)

        def of_words(values, padding):
            values = tf.boolean_mask(values, is_word)
            return dense(values, rows, pieces.nrows(), padding)

        return SplitTexts(
            of_words(pieces.values, ""),
            of_words(starts, -1),
            of_words(starts + lengths, -1),
        )
