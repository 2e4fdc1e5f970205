"""Entities of tag sequences, inside a TensorFlow graph."""

import tensorflow as tf

from seqkit.layers import tagging_constraints


class InGraphEntities(tf.Module):
    """Reads entities from tags as the CoNLL evaluation (conlleval) does.

    An entity starts at `B-` and `S-`, and at any other tag of a type that stands behind
    another type, behind `O`, `E-` or `S-`, or first. It goes on up to the next start or
    `O`. So every sequence is read, one that is not of its scheme too.

    Letters: B texts of T words, E entities at most.

    Args:
        tag_names: Names of the tags in the order of their ids.
        scheme: `"IOB1"`, `"BIO"` or `"BIOES"`.

    Raises:
        SeqkitError: The scheme is unknown, or a tag is not of the scheme.
    """

    def __init__(self, tag_names, scheme):
        super().__init__()
        tagging_constraints(tag_names, scheme)  # for its errors
        parts = [name.partition("-") for name in tag_names]
        self._types = sorted({kind for prefix, _, kind in parts if prefix != "O"})
        self._type_ids = [
            -1 if prefix == "O" else self._types.index(kind)
            for prefix, _, kind in parts
        ]
        self._begins = [prefix in "BS" for prefix, _, _ in parts]
        self._ends = [prefix in "ES" for prefix, _, _ in parts]

    def read(self, text, starts, ends, tag_ids, scores):
        """The entities of each text, in their order.

        Args:
            text: `[B]` strings.
            starts, ends: `[B, T]` int32, where each word stands in it, in characters;
                -1 behind the last word.
            tag_ids: `[B, T]` int32.
            scores: `[B, T]` float32.

        Returns:
            Dictionary of `[B, E]` tensors: `"entity_types"` and `"entity_texts"`
            strings, `""` behind the last; `"entity_starts"` and `"entity_ends"` int32,
            in characters, the end exclusive, -1 behind the last; `"entity_scores"`
            float32, the mean of its words' scores, 0 behind the last.
        """
        types = tf.where(starts >= 0, tf.gather(self._type_ids, tag_ids), -1)
        before = tf.pad(types, [[0, 0], [1, 0]], constant_values=-1)[:, :-1]
        closed = tf.pad(tf.gather(self._ends, tag_ids), [[0, 0], [1, 0]])[:, :-1]
        is_inside = types >= 0
        is_first = is_inside & (
            tf.gather(self._begins, tag_ids) | closed | (types != before)
        )
        first, inside = tf.where(is_first), tf.where(is_inside)
        rows, count = first[:, 0], tf.shape(first)[0]
        # All entities of all texts, one behind the other; and of each word, its own.
        owners = tf.cumsum(tf.cast(tf.gather_nd(is_first, inside), tf.int32)) - 1
        last = tf.math.unsorted_segment_max(inside[:, 1], owners, count)
        begins = tf.gather_nd(starts, first)
        stops = tf.gather_nd(ends, tf.stack([rows, last], axis=1))
        mean = tf.math.unsorted_segment_mean(
            tf.gather_nd(scores, inside), owners, count
        )

        def dense(values, padding):
            return tf.RaggedTensor.from_value_rowids(
                values, rows, nrows=tf.shape(types, tf.int64)[0]
            ).to_tensor(padding)

        names = tf.constant([*self._types, ""])
        return {
            "entity_types": dense(tf.gather(names, tf.gather_nd(types, first)), ""),
            "entity_starts": dense(begins, -1),
            "entity_ends": dense(stops, -1),
            "entity_texts": dense(_texts(text, rows, begins, stops), ""),
            "entity_scores": dense(mean, 0.0),
        }


def _texts(text, rows, begins, stops):
    """Pieces of texts, without a copy of the whole text for each."""
    characters = tf.strings.unicode_split(text, "UTF-8", errors="replace")
    offsets = tf.cast(tf.gather(characters.row_starts(), rows), tf.int32)
    places = tf.ragged.range(offsets + begins, offsets + stops)
    pieces = places.with_values(tf.gather(characters.values, places.values))
    return tf.strings.reduce_join(pieces, axis=-1)
