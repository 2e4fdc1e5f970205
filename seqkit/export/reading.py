"""Texts of many lengths, read together in a TensorFlow graph."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

# Tokens that are read at once.
SIZES = tuple(2**power for power in range(9))
# Tokens whose logits are held at once.
SCORED = 32

State = Sequence[tf.Tensor]


def read_rows(
    run: Callable[[tf.Tensor, State], State],
    token_ids: tf.Tensor,
    lengths: tf.Tensor,
    state: State,
) -> list[tf.Tensor]:
    """The state after the first `lengths` `[B]` of ids, each row read as if alone."""

    def unread(left, *_):
        return tf.reduce_any(left > 0)

    def read_some(left, *state):
        longest = tf.reduce_max(left)
        sizes = tf.constant(SIZES)
        size = tf.reduce_max(tf.where(sizes <= longest, sizes, 1))
        rows = tf.where(left >= size)
        chosen = rows[:, 0]
        places = tf.gather(lengths - left, chosen)[:, None] + tf.range(size)
        ids = tf.gather(tf.gather(token_ids, chosen), places, batch_dims=1)
        new = run(ids, [tf.gather(leaf, chosen) for leaf in state])
        left = tf.tensor_scatter_nd_sub(left, rows, tf.fill(tf.shape(chosen), size))
        return left, *(
            tf.tensor_scatter_nd_update(leaf, rows, rows_read)
            for leaf, rows_read in zip(state, new, strict=True)
        )

    _, *state = tf.while_loop(unread, read_some, (lengths, *state))
    return state


def score_rows(
    run: Callable[[tf.Tensor, State], tuple[Callable[[], Any], State]],
    token_ids: tf.Tensor,
    targets: tf.Tensor,
    lengths: tf.Tensor,
    state: State,
) -> tf.Tensor:
    """Log-probabilities `[B, S]` of targets, in pieces that hold few logits at once."""
    longest = tf.reduce_max(tf.concat([lengths, [0]], axis=0))

    def unread(first, *_):
        return first < longest

    def score_some(first, scores, *state):
        piece = slice(first, first + SCORED)
        logits, state = run(token_ids[:, piece], state)
        new = -tf.nn.sparse_softmax_cross_entropy_with_logits(
            targets[:, piece], logits()
        )
        return first + SCORED, tf.concat([scores, new], axis=1), *state

    nothing = tf.zeros([tf.shape(token_ids)[0], 0])
    shapes = tf.TensorShape([]), tf.TensorShape([None, None])
    _, scores, *_ = tf.while_loop(
        unread,
        score_some,
        (0, nothing, *state),
        (*shapes, *(leaf.shape for leaf in state)),
    )
    missing = tf.shape(token_ids)[1] - tf.shape(scores)[1]
    scores = tf.pad(scores, [[0, 0], [0, missing]])
    return tf.where(tf.sequence_mask(lengths, tf.shape(targets)[1]), scores, 0.0)
