"""Scores of the tag sequences of a linear chain, and the best of them.

`unary` `[B, T, N]` scores each tag at each step (with start and end), `transitions`
`[N, N]` the row's tag before the column's. A path's score is the sum of what it passes.
"""

from typing import Any

from keras import ops

# A score that no path comes back from. Finite, since the gradient of a log-sum-exp of
# infinities is not a number.
FORBIDDEN = -1e9


def is_possible(scores: Any) -> Any:
    """Whether paths of these scores pass nothing forbidden."""
    return ops.greater(scores, FORBIDDEN / 2)


def last_steps(mask: Any) -> Any:
    """`[B, T]`, `True` at the last step of each row."""
    following = ops.concatenate([mask[:, 1:], ops.zeros_like(mask[:, :1])], axis=1)
    return ops.logical_and(mask, ops.logical_not(following))


def path_score(unary: Any, transitions: Any, tag_ids: Any, mask: Any) -> Any:
    """Scores `[B]` of the paths `tag_ids` `[B, T]`; `transitions` is `[N, N]`."""
    keep = ops.cast(mask, unary.dtype)
    num_tags = unary.shape[-1]
    chosen = ops.one_hot(tag_ids, num_tags, dtype=unary.dtype)
    steps = ops.sum(ops.sum(chosen * unary, axis=-1) * keep, axis=1)
    pairs = tag_ids[:, :-1] * num_tags + tag_ids[:, 1:]
    pairs = ops.take(ops.reshape(transitions, (-1,)), pairs, axis=0)
    return steps + ops.sum(pairs * keep[:, 1:], axis=1)


def best_path(unary: Any, transitions: Any, mask: Any) -> Any:
    """The best path `[B, T]` and its score `[B]` (Viterbi 1967), without pointers."""
    num_tags = unary.shape[-1]
    inputs = ops.transpose(unary, (1, 0, 2))
    # A row for each tag before and each row of the batch, in this order: the quickest
    # way to add, and to look for maxima.
    every = (num_tags, ops.shape(unary)[0], num_tags)
    every = ops.broadcast_to(transitions[:, None, :], every)
    every = ops.reshape(every, (-1, num_tags))

    def forward(before, unary):
        ways = ops.reshape(ops.transpose(before + unary), (-1, 1)) + every
        best = ops.max(ops.reshape(ways, (num_tags, -1)), axis=0)
        return ops.reshape(best, (-1, num_tags)), before

    _, scores = ops.scan(forward, ops.zeros_like(inputs[0]), inputs)
    scores = scores + inputs  # [T, B, N]
    # One more row than tags, for the step after the last, which prefers nothing.
    into = ops.pad(ops.transpose(transitions), ((0, 1), (0, 0)))

    def backward(tag, inputs):
        previous = ops.argmax(inputs[:, :-1] + ops.take(into, tag, axis=0), axis=-1)
        tag = ops.where(inputs[:, -1] > 0, ops.cast(previous, "int32"), num_tags)
        return tag, tag

    # One tensor, as `ops.scan` takes no more of unknown length on TensorFlow.
    keep = ops.cast(ops.transpose(mask), unary.dtype)[:, :, None]
    inputs = ops.concatenate([scores, keep], axis=-1)
    after = ops.full_like(inputs[0, :, 0], num_tags, dtype="int32")
    _, tag_ids = ops.scan(backward, after, inputs, reverse=True)
    tag_ids = ops.where(mask, ops.transpose(tag_ids), 0)
    last = ops.cast(ops.transpose(last_steps(mask)), unary.dtype)
    return tag_ids, ops.sum(ops.max(scores, axis=-1) * last, axis=0)


def best_paths(unary: Any, transitions: Any, mask: Any, n: int) -> Any:
    """The n best paths `[B, n, T]` and their scores `[B, n]`, best first."""
    # Tag i's k-th way has the number i n + k.
    ways = unary.shape[-1] * n
    inputs = ops.transpose(unary, (1, 0, 2))
    # At the first step there is one way to each tag.
    start = ops.zeros_like(inputs[0])[:, :, None]
    start = ops.pad(start, ((0, 0), (0, 0), (0, n - 1)), constant_values=FORBIDDEN)
    into = ops.repeat(ops.transpose(transitions), n, axis=1)  # [N, N n]

    def forward(state, unary):
        scores = ops.reshape(state[0] + unary[:, :, None], (-1, 1, ways))
        scores, pointers = ops.top_k(scores + into, n)
        return (scores, ops.cast(pointers, "int32")), state

    start = (start, ops.zeros_like(start, dtype="int32"))
    _, (scores, pointers) = ops.scan(forward, start, inputs)  # [T, B, N, n]
    scores = ops.transpose(scores + inputs[:, :, :, None], (1, 0, 2, 3))
    last = last_steps(mask)[:, :, None, None]
    scores = ops.sum(ops.where(last, scores, 0), axis=1)  # [B, N, n]
    scores, ends = ops.top_k(ops.reshape(scores, (-1, ways)), n)
    ends = ops.cast(ends, "int32")

    def backward(way, inputs):
        way = ops.where(inputs[:, -1:] > 0, ends, way)
        return ops.take_along_axis(inputs[:, :-1], way, axis=1), way

    is_last = ops.cast(ops.transpose(last_steps(mask)), "int32")[:, :, None]
    pointers = ops.reshape(pointers, (*ops.shape(inputs)[:2], ways))
    pointers = ops.concatenate([pointers, is_last], axis=-1)
    _, path = ops.scan(backward, ops.zeros_like(ends), pointers, reverse=True)
    tag_ids = ops.transpose(path // n, (1, 2, 0))  # [B, n, T]
    possible = ops.logical_and(is_possible(scores)[:, :, None], mask[:, None])
    return ops.where(possible, tag_ids, 0), scores
