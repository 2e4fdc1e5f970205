"""Validation in one pass, for the loss and for what scores are made of."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras

from seqkit.training.arrays import to_numpy

_READ = "outputs that are read"
_COMPUTED = "compute_loss", "compute_metrics"


class Validation(keras.callbacks.Callback):
    """Validates at the end of each epoch, in place of `validation_data` of `fit`.

    Keras's own validation drops what the model returns, so that scores need a second
    pass, and a further program for each shape of a batch. Here a test step returns what
    is read of the outputs, too. Figures are those of Keras, named alike, and callbacks
    that come later see them; all callbacks of `fit` are told of the validation.

    Args:
        data: What `model.evaluate` reads.
        reading: `reading(inputs, outputs)` of tensors, in the program of the test step,
            returns a dictionary of tensors.
        keep: Called after each pass with a list of these dictionaries as arrays, one
            for each batch.

    Attributes:
        callbacks: The `keras.callbacks.CallbackList` of `fit`.

    >>> import keras, numpy as np
    >>> from seqkit.training import StepCallbacks, Validation
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> rows = np.ones((6, 1)), np.ones((6, 1))
    >>> validation = Validation(
    ...     rows,
    ...     lambda inputs, outputs: {"found": outputs},
    ...     lambda batches: print([one["found"].shape for one in batches]))
    >>> validation.callbacks = StepCallbacks([validation], model, epochs=1, steps=1)
    >>> fitted = model.fit(*rows, verbose=0, callbacks=validation.callbacks)
    [(6, 1)]
    >>> [*fitted.history]
    ['loss', 'val_loss']
    """

    callbacks: Any = None

    def __init__(
        self,
        data: Any,
        reading: Callable[[Any, Any], dict[str, Any]],
        keep: Callable[[list[dict[str, Any]]], Any],
    ):
        super().__init__()
        self.data, self.reading, self.keep = data, reading, keep
        self._function: Any = None
        self._read: list[Any] = []

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs = {} if logs is None else logs
        self._read = []
        with self._reading_outputs():
            figures = self.model.evaluate(
                **_arguments(self.data), callbacks=self.callbacks, return_dict=True
            )
        logs |= {f"val_{name}": value for name, value in figures.items()}
        self.keep(keras.tree.map_structure(to_numpy, self._read))

    @contextlib.contextmanager
    def _reading_outputs(self) -> Iterator[None]:
        """A context in which each test step is a call, whose outputs are read."""
        model = self.model
        before = model.test_function, model.steps_per_execution
        model.test_function, model.steps_per_execution = self._function, 1
        try:
            with _returned_by_test_steps(model, self.reading):
                if self._function is None:
                    model.make_test_function()
                    self._function = self._collecting(model.test_function)
                    model.test_function = self._function
                yield
        finally:
            model.test_function, model.steps_per_execution = before

    def _collecting(self, function: Callable) -> Callable:
        """The compiled test step, whose outputs go here in place of the figures."""
        jax = keras.backend.backend() == "jax"  # whose functions return their state

        def collecting(*arguments):
            found = function(*arguments)
            self._read.append((found[0] if jax else found).pop(_READ))
            return found

        return collecting


def _arguments(data: Any) -> dict[str, Any]:
    x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
    return {"x": x, "y": y, "sample_weight": weights}


@contextlib.contextmanager
def _returned_by_test_steps(model: Any, reading: Callable) -> Iterator[None]:
    """A context in which the figures of a test step hold what is read, as one of them.

    It is read where the loss is computed, since on JAX the weights are known there, and
    not where the metrics are.
    """
    compute_loss, compute_metrics = model.compute_loss, model.compute_metrics
    own = {name: vars(model)[name] for name in _COMPUTED if name in vars(model)}
    read: list[Any] = []

    def loss(x=None, y=None, y_pred=None, sample_weight=None, **more):
        read[:] = [reading(x, y_pred)]
        return compute_loss(x, y, y_pred, sample_weight, **more)

    def metrics(x, y, y_pred, sample_weight=None):
        return compute_metrics(x, y, y_pred, sample_weight) | {_READ: read.pop()}

    model.compute_loss, model.compute_metrics = loss, metrics
    try:
        yield
    finally:
        for name in _COMPUTED:
            if name in own:
                setattr(model, name, own[name])
            else:
                delattr(model, name)
