"""Entities of tag sequences, inside a TensorFlow graph."""

from collections.abc import Sequence

import tensorflow as tf

from seqkit.export.rows import dense
from seqkit.layers import tagging_constraints


class InGraphEntities(tf.Module):
    """Reads entities from tags as the CoNLL evaluation (conlleval) does.

    An entity starts at `B-` and `S-`, and at any other tag of a type that is first or
    comes after another type, `O`, `E-` or `S-`. It ends before the next start or `O`.
    So every sequence can be read, even one that breaks its scheme.

    Letters: B texts of T words and at most E entities.

    Args:
        tag_names: Names of the tags in the order of their ids.
        scheme: `"IOB1"`, `"BIO"` or `"BIOES"`.

    Raises:
        SeqkitError: The scheme is unknown, or a tag is not of the scheme.
    """

    def __init__(self, tag_names: Sequence[str], scheme: str):
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

    def read(
        self,
        text: tf.Tensor,
        starts: tf.Tensor,
        ends: tf.Tensor,
        tag_ids: tf.Tensor,
        scores: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        """The entities of each text, in their order.

        Of `text` `[B]` strings, `starts` and `ends` `[B, T]` int32 are where each word
        is, in characters, -1 after the last; `tag_ids` are int32 and `scores` float32.

        Returns:
            Dictionary of `[B, E]` tensors: `"entity_types"` and `"entity_texts"`
            strings, `""` after the last; `"entity_starts"` and `"entity_ends"` int32,
            in characters, the end exclusive, -1 after the last; `"entity_scores"`
            float32, the mean of its words' scores, 0 after the last.
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
        # All entities of all texts are numbered; each word inside has its entity's.
        owners = tf.cumsum(tf.cast(tf.gather_nd(is_first, inside), tf.int32)) - 1
        last = tf.math.unsorted_segment_max(inside[:, 1], owners, count)
        begins = tf.gather_nd(starts, first)
        stops = tf.gather_nd(ends, tf.stack([rows, last], axis=1))
        mean = tf.math.unsorted_segment_mean(
            tf.gather_nd(scores, inside), owners, count
        )

        def of_entities(values, padding):
            return dense(values, rows, tf.shape(types, tf.int64)[0], padding)

        names = tf.constant([*self._types, ""])
        return {
            "entity_types": of_entities(
                tf.gather(names, tf.gather_nd(types, first)), ""
            ),
            "entity_starts": of_entities(begins, -1),
            "entity_ends": of_entities(stops, -1),
            "entity_texts": of_entities(_texts(text, rows, begins, stops), ""),
            "entity_scores": of_entities(mean, 0.0),
        }


def _texts(text, rows, begins, stops):
    """Pieces of texts, without a copy of the whole text for each."""
    characters = tf.strings.unicode_split(text, "UTF-8", errors="replace")
    offsets = tf.cast(tf.gather(characters.row_starts(), rows), tf.int32)
    places = tf.ragged.range(offsets + begins, offsets + stops)
    pieces = places.with_values(tf.gather(characters.values, places.values))
    return tf.strings.reduce_join(pieces, axis=-1)
