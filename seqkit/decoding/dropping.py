"""Sentences that are done leave the computation; the others continue alone."""

from typing import Any

import keras
from keras import ops, tree

# If a larger share of the rows is still running, all stay: leaving copies the rest,
# caches included, which should be rare.
FULL_ENOUGH = 0.75


def can_drop(state: dict) -> bool:
    """Whether rows can leave: only if a TensorFlow graph does not know their number."""
    leaves = tree.flatten((state["beams"], state["sentences"]))
    return keras.backend.backend() == "tensorflow" and all(
        leaf.shape[0] is None for leaf in leaves
    )


def number_rows(carry: dict) -> dict:
    """What the loop carries, with row numbers and the results of rows that left."""
    rows = ops.arange(ops.shape(carry["token_ids"])[0], dtype="int32")
    return {**carry, "rows": rows, "left": carry["search"]}


def drop_done(carry: dict) -> dict:
    """The same; if enough sentences are done, with only the other rows."""
    done = carry["search"]["done"]
    if len(done.shape) > 1:
        done = ops.all(done, axis=tuple(range(1, len(done.shape))))
    running = ops.logical_not(done)
    count = ops.sum(ops.cast(running, "float32"))
    size = ops.cast(ops.shape(done)[0], "float32")
    worth = ops.logical_and(count > 0, count <= FULL_ENOUGH * size)
    leaves = ops.cond(
        worth,
        lambda: tuple(tree.flatten(_only(carry, running))),
        lambda: tuple(tree.flatten(carry)),
    )
    return tree.pack_sequence_as(carry, leaves)


def all_searches(carry: dict) -> Any:
    """The `"search"` of all B sentences, in their order."""
    return tree.map_structure(
        lambda everyone, here: ops.scatter_update(
            everyone, carry["rows"][:, None], here
        ),
        carry["left"],
        carry["search"],
    )


def _only(carry, running):
    (places,) = ops.nonzero(running)
    kept = {
        name: value
        if name in ("shared", "left")
        else tree.map_structure(lambda x: ops.take(x, places, axis=0), value)
        for name, value in carry.items()
    }
    return {**kept, "left": all_searches(carry)}
