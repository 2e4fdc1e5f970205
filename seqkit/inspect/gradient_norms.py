"""Norms of the gradient of one loss, with respect to zeros added to what came before.

Shapes: R rows, each with its own loss at its last token but one; K the distance.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.inspect.compiled import compiled_gradient
from seqkit.inspect.intercept import intercepted
from seqkit.layers.loop import scan_steps


def state_norms(model: Any, layer: int | None) -> Callable[..., np.ndarray]:
    """Norms `[R, K + 1]` by distance, as a function of ids `[R, K + 2]` and a state."""
    chosen = _chosen(model.initial_state(1), layer)

    def loss(added, ids, state):
        to_states, to_hidden = added

        def step(inputs, leaves):
            token_ids, parts = ops.cast(inputs[:, 0], "int32"), inputs[:, 1:]
            _, after = model.step(token_ids, keras.tree.pack_sequence_as(state, leaves))
            leaves, start = keras.tree.flatten(after), 0
            for place in chosen:
                leaf = leaves[place]
                end = start + _size(leaf)
                part = ops.reshape(parts[:, start:end], (-1, *leaf.shape[1:]))
                leaves[place], start = leaf + ops.cast(part, leaf.dtype), end
            return inputs[:, :1], leaves

        # Ids are exact as floats, being less than 2^24.
        tokens = ops.cast(ids[:, :-2, None], to_states.dtype)
        inputs = ops.concatenate([tokens, to_states], axis=-1)
        leaves = keras.tree.flatten(state)
        _, leaves = scan_steps(step, inputs, leaves, return_sequences=False)
        last = keras.tree.pack_sequence_as(state, leaves)
        hidden, _ = model.run(ids[:, -2:-1], last)
        hidden = hidden[:, 0] + ops.cast(to_hidden, hidden.dtype)
        return _cross_entropy(model, hidden, ids[:, -1])

    gradient = compiled_gradient(loss)
    hidden_dim = model.run(np.zeros((1, 1), "int32"), model.initial_state(1))[0].shape[
        -1
    ]

    def norms(ids, state):
        rows, steps = len(ids), ids.shape[1] - 2
        leaves = keras.tree.flatten(state)
        size = sum(_size(leaves[place]) for place in chosen)
        added = [ops.zeros((rows, steps, size)), ops.zeros((rows, hidden_dim))]
        by_state, last = gradient(added, ops.convert_to_tensor(ids), state)
        return _norms([last[:, None], ops.flip(by_state, axis=1)])

    return norms


def input_norms(model: Any) -> Callable[..., np.ndarray]:
    """The same with respect to the embedding of each token."""

    def loss(added, ids, state):
        def embed(call, *args, **kwargs):
            x = call(*args, **kwargs)
            return x + ops.cast(added[0], x.dtype)

        with intercepted(model.embedding, "call", embed):
            hidden, _ = model.run(ids[:, :-1], state)
        return _cross_entropy(model, hidden[:, -1], ids[:, -1])

    gradient = compiled_gradient(loss)

    def norms(ids, state):
        ids = ops.convert_to_tensor(ids)
        zeros = ops.zeros(model.embedding(ids[:, :-1]).shape)
        (by_input,) = gradient([zeros], ids, state)
        return _norms([ops.flip(by_input, axis=1)])

    return norms


def _chosen(state, layer):
    """Places of the leaves with the states of a layer, or of all."""
    parts = list(state) if isinstance(state, list | tuple) else [state]
    if layer is not None and not -len(parts) <= layer < len(parts):
        raise SeqkitError(
            f"layer: expected a number from {-len(parts)} to {len(parts) - 1}, found "
            f"{layer}"
        )
    chosen, place = [], 0
    for number, part in enumerate(parts):
        for path, leaf in keras.tree.flatten_with_path(part):
            wanted = layer in (None, number, number - len(parts))
            # `real` is the mask of a window.
            numbers = keras.backend.is_float_dtype(leaf.dtype) and "real" not in path
            if wanted and numbers:
                chosen.append(place)
            place += 1
    return chosen


def _size(leaf):
    """Size of a row."""
    return int(np.prod(leaf.shape[1:]))


def _cross_entropy(model, hidden, targets):
    """Summed over the rows, which are independent: each has its own gradient."""
    scores = ops.log_softmax(model.logits(hidden), axis=-1)
    targets = ops.cast(targets, "int32")[:, None]
    return -ops.sum(ops.take_along_axis(scores, targets, axis=-1))


def _norms(gradients):
    """Norms over the last axis, of parts of axis 1, in float64."""
    parts = [ops.convert_to_numpy(g).astype("float64") for g in gradients]
    norms = [np.sqrt(np.square(part).sum(axis=-1)) for part in parts]
    return np.concatenate(norms, axis=1)
