"""One loop over time for everything that runs step by step."""

from collections.abc import Callable, Sequence
from typing import Any

import keras


def scan_steps(
    step: Callable[..., tuple[Any, list]],
    inputs: Any,
    states: Sequence[Any],
    mask: Any = None,
    **options: Any,
) -> tuple[Any, list]:
    """Runs `step(inputs [B, F], states) -> (outputs [B, G], states)` over axis 1.

    It is Keras's own loop of recurrent layers, with the options of `keras.layers.RNN`.
    Outputs may lack their static shape; at masked steps states stay as they are.
    """
    options.setdefault("return_sequences", True)
    loop = keras.layers.RNN(_Cell(step), **options)
    last, outputs, states = loop.inner_loop(inputs, list(states), mask)
    return (outputs if loop.return_sequences else last), list(states)


class _Cell:
    """What `keras.layers.RNN` expects of a cell; the loop is given its states."""

    state_size = 1

    def __init__(self, step):
        self.call = step

    def __call__(self, inputs, states):
        return self.call(inputs, list(states))
