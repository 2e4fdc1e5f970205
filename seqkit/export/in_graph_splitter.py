"""Words of a text inside a TensorFlow graph."""

from typing import NamedTuple

import tensorflow as tf

from seqkit.export.unicode_classes import explicit
from seqkit.tokenizers.word_splitter import BOUNDARY, PASSES


class SplitTexts(NamedTuple):
    """Words of B texts, T at most.

    Attributes:
        words: `[B, T]` strings, "" behind the last word.
        starts, ends: `[B, T]` int32, where each word stands in its text, in characters;
            -1 behind the last word.
    """

    words: tf.Tensor
    starts: tf.Tensor
    ends: tf.Tensor


class InGraphSplitter(tf.Module):
    """Texts to words as TensorFlow operations.

    It gives what `seqkit.tokenizers.WordSplitter` gives, and holds no resources.

    Args:
        splitter: A `WordSplitter`.

    Example:

    >>> import tensorflow as tf
    >>> from seqkit.export import InGraphSplitter
    >>> from seqkit.tokenizers import WordSplitter
    >>> found = InGraphSplitter(WordSplitter()).split(tf.constant(["I don't.", ""]))
    >>> found.words[0].numpy().tolist()
    [b'I', b'do', b"n't", b'.']
    >>> found.starts.numpy().tolist()
    [[0, 2, 4, 7], [-1, -1, -1, -1]]
    """

    def __init__(self, splitter):
        super().__init__()
        self._passes = [
            (explicit(pattern), replacement)
            for pattern, replacement in PASSES[splitter.rule]
        ]

    def split(self, texts):
        """The words of each text.

        Args:
            texts: `[B]` strings in UTF-8; each byte that is none counts as one U+FFFD.

        Returns:
            `SplitTexts`.
        """
        marked = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        marked = tf.strings.regex_replace(marked, BOUNDARY, " ")
        for pattern, replacement in self._passes:
            marked = tf.strings.regex_replace(marked, pattern, replacement)
        # What stands between words, a word, what stands between words, ...
        pieces = tf.strings.split(marked, BOUNDARY)
        rows, first = pieces.value_rowids(), pieces.row_starts()
        lengths = tf.strings.length(pieces.values, unit="UTF8_CHAR")
        begins = tf.cumsum(lengths, exclusive=True)
        # No piece begins a row where there are none.
        starts = begins - tf.gather(begins, tf.gather(first, rows))
        number = tf.range(tf.size(rows, tf.int64)) - tf.gather(first, rows)
        is_word = number % 2 == 1

        def dense(values, padding):
            return tf.RaggedTensor.from_value_rowids(
                tf.boolean_mask(values, is_word),
                tf.boolean_mask(rows, is_word),
                nrows=pieces.nrows(),
            ).to_tensor(padding)

        return SplitTexts(
            dense(pieces.values, ""), dense(starts, -1), dense(starts + lengths, -1)
        )
