"""Rows of token ids, as the tokenizers inside a graph give and take them."""

import tensorflow as tf

PAD_ID, UNKNOWN_ID, START_ID, END_ID = range(4)


def padded(rows, add_end):
    """`[B, S]` int32 of ragged ids, right-padded with 0; with `</s>` where asked."""
    rows = tf.cast(rows, tf.int32)
    if add_end:
        ends = tf.fill([rows.nrows(), 1], END_ID)
        rows = tf.concat([rows, ends], axis=1)
    return rows.to_tensor(PAD_ID)


def shown_ids(token_ids, lengths, shown):
    """The ids of each sequence that have a text, ragged.

    Args:
        token_ids: `[B, N, L]` int32; ids outside the vocabulary are left out.
        lengths: `[B, N]` int32, how many ids of each sequence count.
        shown: `[V]` booleans, whether an id has a text.

    Returns:
        Ragged int32 `[B * N, None]`.
    """
    shape = tf.shape(token_ids)
    # No -1 here: nothing can be inferred where L is 0.
    token_ids = tf.reshape(token_ids, [shape[0] * shape[1], shape[2]])
    keep = tf.sequence_mask(tf.reshape(lengths, [-1]), shape[2])
    known = (token_ids >= 0) & (token_ids < len(shown))
    token_ids = tf.where(known, token_ids, PAD_ID)
    keep &= tf.gather(tf.constant(shown), token_ids)
    return tf.ragged.boolean_mask(token_ids, keep)
