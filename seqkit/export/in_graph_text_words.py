"""Words of running text inside a TensorFlow graph, with those that none knows."""

import numpy as np
import tensorflow as tf

from seqkit.export.graph_tokenizer import GraphTokenizer
from seqkit.export.in_graph_splitter import InGraphSplitter
from seqkit.export.tables import PointTable, string_table
from seqkit.special_ids import END_ID, FIRST_TEXT_ID, PAD_ID, UNKNOWN_ID
from seqkit.tokenizers import TextWordTokenizer, WordSplitter
from seqkit.tokenizers.text_words import SPACE, SPECIAL_TEXTS


class InGraphTextWords(GraphTokenizer):
    """Text to token ids and back as TensorFlow operations, one token per word or mark.

    The twin of `seqkit.tokenizers.TextWordTokenizer`; `add_end` as in `InGraphBytes`.
    It holds a lookup table.

    >>> import tensorflow as tf, seqkit
    >>> from seqkit.tokenizers import TextWordTokenizer
    >>> twin = seqkit.export.InGraphTextWords(TextWordTokenizer(["▁the", ","]))
    >>> ids = twin.encode(tf.constant(["the dog, the"]))
    >>> ids.numpy().tolist()
    [[4, 1, 5, 4]]
    >>> twin.decode(ids[None]).numpy()[0, 0].decode()
    'the <unk>, the'
    >>> ids, words = twin.encode_open(tf.constant(["the dog, the cow, the dog"]), 9)
    >>> ids.numpy().tolist()
    [[4, 6, 5, 4, 7, 5, 4, 6]]
    >>> twin.decode_open(ids[None], words).numpy()[0, 0].decode()
    'the dog, the cow, the dog'
    """

    def __init__(self, tokenizer: TextWordTokenizer, add_end: bool = False):
        names = [*SPECIAL_TEXTS, *tokenizer.words]
        super().__init__([name != "" for name in names], add_end)
        self._names = np.array([name.encode() for name in names], object)
        words = {word: i for i, word in enumerate(tokenizer.words, FIRST_TEXT_ID)}
        self._table = string_table({"": PAD_ID, **words})
        self._splitter = InGraphSplitter(WordSplitter())
        self._lowering = PointTable(tokenizer.lowering) if tokenizer.lowercase else None

    def _tokens(self, texts):
        """The tokens of texts `[B]` as `[B, T]`, right-padded with ""."""
        if self._lowering is not None:
            points = tf.strings.unicode_decode(texts, "UTF-8", errors="replace")
            lower = points.with_values(self._lowering(points.values, points.values))
            texts = tf.strings.unicode_encode(lower, "UTF-8")
        words, starts, ends = self._splitter.split(texts)
        before = tf.pad(ends, [[0, 0], [1, 0]], constant_values=-1)[:, :-1]
        spaced = tf.where(tf.equal(starts, before), "", SPACE)
        return tf.where(tf.equal(words, ""), "", tf.strings.join([spaced, words]))

    def _ids(self, texts):
        tokens = self._tokens(texts)
        ids = tf.ragged.boolean_mask(self._table.lookup(tokens), tokens != "")
        return tf.cast(ids, tf.int32)

    def _texts(self, ids):
        return _joined(ids.with_values(tf.gather(self._names, ids.values)))

    def encode_open(
        self, texts: tf.Tensor, max_extra: int, max_length: int | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Ids `[B, S]` as of `encode`, and the unknown words of each text `[B, E]`.

        The ids from those of the vocabulary on number the words, the first `max_extra`.
        """
        tokens = self._tokens(texts)
        if max_length is not None:
            tokens = tokens[:, : max_length - self._add_end]
        tokens = tf.pad(tokens, [[0, 0], [0, 1]])  # so that there is a place
        ids = tf.cast(self._table.lookup(tokens), tf.int32)
        unknown = ids == UNKNOWN_ID
        same = tf.equal(tokens[:, :, None], tokens[:, None, :])
        first = tf.argmax(tf.cast(same, tf.int32), axis=2, output_type=tf.int32)
        places = tf.range(tf.shape(tokens)[1])
        is_first = unknown & (first == places)
        number = tf.cumsum(tf.cast(is_first, tf.int32), axis=1) - 1
        number = tf.gather(number, first, batch_dims=1)
        own = tf.where(number < max_extra, len(self._names) + number, UNKNOWN_ID)
        ids = tf.where(unknown, own, ids)
        words = tf.ragged.boolean_mask(tokens, is_first).to_tensor("")[:, :max_extra]
        rows = tf.ragged.boolean_mask(ids, tokens != "")
        if self._add_end:
            rows = tf.concat([rows, tf.fill([rows.nrows(), 1], END_ID)], axis=1)
        return rows.to_tensor(PAD_ID), words

    def decode_open(self, token_ids: tf.Tensor, words: tf.Tensor) -> tf.Tensor:
        """Text `[B, N]` of ids `[B, N, L]`, those of the rows' own words included."""
        shape, known = tf.shape(token_ids), len(self._names)
        names = tf.gather(self._names, tf.clip_by_value(token_ids, 0, known - 1))
        own = tf.pad(words, [[0, 0], [0, 1]])
        place = tf.clip_by_value(token_ids - known, 0, tf.shape(words)[1])
        place = tf.reshape(place, [shape[0], shape[1] * shape[2]])
        copied = tf.reshape(tf.gather(own, place, batch_dims=1), shape)
        tokens = tf.where(token_ids < known, names, copied)
        return _joined(tokens)


def _joined(tokens):
    """Texts of tokens along the last axis, without the space that they begin with."""
    texts = tf.strings.reduce_join(tokens, axis=-1)
    texts = tf.strings.regex_replace(texts, SPACE, " ")
    return tf.strings.regex_replace(texts, r"\A ", "")
