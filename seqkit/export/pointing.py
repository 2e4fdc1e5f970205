"""What a served pointer network takes and returns."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from seqkit.export.signatures import Decode, Signature, hypotheses
from seqkit.special_ids import FIRST_TEXT_ID


def pointing_signatures(
    decode: Decode, decode_n_best: Decode, point_dim: int
) -> dict[str, Signature]:
    """Signatures for `save_model`: sets of points in, orders of their indices out.

    Letters: B sets of at most S points, N hypotheses for each, of at most L indices.
    Each signature takes `points` `[B, S, F]` float32, right-padded with anything, and
    `lengths` `[B]` int32, how many points each set has.

    - `serving_default` returns `order` `[B, L]` int32, indices from 0, right-padded
      with -1, `lengths` `[B]` int32 and `scores` `[B]` float32;
    - `n_best` returns them as `[B, N, L]`, `[B, N]` and `[B, N]`, best first. If fewer
      than N hypotheses were found, the rest have the score -inf.

    A set without points has an empty order and the score -inf.

    Args:
        decode, decode_n_best: As in `text_signatures`.
        point_dim: Width of a point, F.
    """
    specs = (
        tf.TensorSpec([None, None, point_dim], tf.float32, name="points"),
        tf.TensorSpec([None], tf.int32, name="lengths"),
    )

    def read(points: tf.Tensor, lengths: tf.Tensor) -> dict[str, Any]:
        missing = tf.maximum(1 - tf.shape(points)[1], 0)
        points = tf.pad(points, [[0, 0], [0, missing], [0, 0]])
        lengths = tf.clip_by_value(lengths, 1, tf.shape(points)[1])
        return {"points": points, "lengths": lengths}

    answers = hypotheses(decode, decode_n_best, read)
    return {name: Signature(_indices(one), specs) for name, one in answers.items()}


def _indices(answer: Callable[..., dict[str, tf.Tensor]]) -> Callable[..., Any]:
    """The answer with indices for token ids."""

    def answered(points: tf.Tensor, lengths: tf.Tensor) -> dict[str, tf.Tensor]:
        found = answer(points, lengths)
        ids, counts, scores = (found[n] for n in ("token_ids", "lengths", "scores"))
        empty = tf.reshape(lengths < 1, [-1] + [1] * (scores.shape.rank - 1))
        counts = tf.where(empty, 0, counts)
        kept = tf.sequence_mask(counts, tf.shape(ids)[-1])
        return {
            "order": tf.where(kept, ids - FIRST_TEXT_ID, -1),
            "lengths": counts,
            "scores": tf.where(empty, float("-inf"), scores),
        }

    return answered
