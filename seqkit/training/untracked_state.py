"""`fit` on JAX without Keras's search for variables among the arrays of its state."""

import contextlib
from collections.abc import Iterator

import keras

_STATE = {
    f"{part}_variables"
    for part in ("trainable", "non_trainable", "optimizer", "metrics")
}


@contextlib.contextmanager
def untracked_state(model: keras.Model) -> Iterator[None]:
    """A context in which Keras does not look for layers among the arrays of `fit`.

    After each step on JAX, Keras sets the arrays of the state as an attribute of the
    model, and checks whether each is a variable or a layer. None is, and a Transformer
    has hundreds of them.

    >>> import keras
    >>> from seqkit.training.untracked_state import untracked_state
    >>> model = keras.Sequential([keras.layers.Dense(1)])
    >>> with untracked_state(model):
    ...     pass  # model.fit(...)
    """
    tracker = model._tracker
    track = tracker.track

    def track_others(value):
        state = isinstance(value, dict) and value and value.keys() <= _STATE
        return value if state else track(value)

    tracker.track = track_others
    try:
        yield
    finally:
        del tracker.track
