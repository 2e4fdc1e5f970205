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
    """Runs a step over axis 1, in Keras's own loop of recurrent layers.

    It compiles on every backend, XLA included, and has gradients.

    Args:
        step: A function `(inputs [B, F], states) -> (outputs [B, G], new states)`.
        inputs: Tensor `[B, T, F]`.
        states: List of the first states, tensors `[B, ...]`.
        mask: Boolean tensor `[B, T]`, `True` = keep. A masked step carries the states
            on.
        **options: Of `keras.layers.RNN`, such as `go_backwards` and `unroll`.

    Returns:
        Outputs `[B, T, G]`, which may lack their static shape, and the last states.
        With `return_sequences=False` the last output `[B, G]` alone.
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
