"""Pieces of texts, with what a language model has read before them."""

import keras
import numpy as np
from keras import ops

from seqkit.inspect.compiled import compiled

ROWS = 32
BYTES = 2**27  # of the states of all steps of one batch, which its gradient keeps
PIECE = 64


def windows(model, texts, size, number):
    """Windows spread evenly over each text, from its beginning on.

    Args:
        model: A `LanguageModel`.
        texts: List of int arrays `[T]`, T >= `size`.
        size: Tokens of a window, W.
        number: How many windows of each text; fewer where it has no more.

    Returns:
        List of `(ids [W], state)`, the state being that of one row before the window.
    """
    read, found = _reader(model), []
    for token_ids in texts:
        starts = np.linspace(0, len(token_ids) - size, number).round().astype(int)
        state, place = model.initial_state(1), 0
        for start in np.unique(starts):
            state, place = read(token_ids[place:start], state), start
            found.append((token_ids[start : start + size], state))
    return found


def batches(windows):
    """Of windows several side by side: `(ids [R, W], state)`."""
    ids, state = windows[0]
    sizes = [np.prod(leaf.shape) * 4 for leaf in keras.tree.flatten(state)]
    rows = int(np.clip(BYTES // (sum(sizes) * len(ids)), 1, ROWS))
    for start in range(0, len(windows), rows):
        ids, states = zip(*windows[start : start + rows], strict=True)
        state = keras.tree.map_structure(
            lambda *leaves: ops.concatenate(leaves, axis=0), *states
        )
        yield np.stack(ids), state


def _reader(model):
    """From ids `[T]` and a state to the state after them, T being any length.

    In pieces of one length and then token by token: two shapes to compile.
    """
    run = compiled(lambda ids, state: model.run(ids, state)[1])
    step = compiled(lambda ids, state: model.step(ids, state)[1])

    def read(token_ids, state):
        whole = len(token_ids) // PIECE * PIECE
        for start in range(0, whole, PIECE):
            piece = token_ids[None, start : start + PIECE]
            state = run(ops.convert_to_tensor(piece), state)
        for token_id in token_ids[whole:]:
            state = step(ops.convert_to_tensor(token_id[None]), state)
        return state

    return read
