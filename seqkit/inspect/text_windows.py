"""Windows of texts, with the state of a language model before them."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.inspect.compiled import compiled

ROWS = 32
BYTES = 2**27  # of the states of all steps of a batch, which its gradient needs
PIECE = 64


def windows(
    model: Any, texts: Sequence[np.ndarray], size: int, number: int
) -> list[tuple[np.ndarray, Any]]:
    """At most `number` windows `(ids [size], state before)`, spread over each text."""
    read, found = _reader(model), []
    for token_ids in texts:
        starts = np.linspace(0, len(token_ids) - size, number).round().astype(int)
        state, place = model.initial_state(1), 0
        for start in np.unique(starts):
            state, place = read(token_ids[place:start], state), start
            found.append((token_ids[start : start + size], state))
    return found


def batches(
    windows: Sequence[tuple[np.ndarray, Any]],
) -> Iterator[tuple[np.ndarray, Any]]:
    """The windows in batches: `(ids [R, W], state)`."""
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
    """A function from ids `[T]` and a state to the state after them."""
    # It reads pieces of one length and then single tokens: two shapes to compile.
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
