"""Callbacks between steps that do not make the device wait."""

from collections.abc import Mapping
from typing import Any

import keras


class StepCallback(keras.callbacks.Callback):
    """A callback that takes the figures of a step as tensors.

    They may still be computed: whoever reads one waits for the device. A call of the
    compiled function may make several steps, `steps_per_execution` of them.
    """

    reads_tensors = True
    _first: int | None = None

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self._first = batch

    def steps_to(self, batch: int) -> range:
        """The steps of the call that ends with a batch, as Keras counts it.

        The last call of an epoch may make fewer than Keras says.
        """
        count = (self.params or {}).get("steps")
        last = batch if count is None else min(batch, count - 1)
        return range(batch if self._first is None else self._first, last + 1)


class StepCallbacks(keras.callbacks.CallbackList):
    """A list of callbacks of which the host waits for the device only where one reads.

    Keras makes numbers of the figures after every step, so that nothing is prepared
    while the device computes. Here a `StepCallback` gets the tensors, and others get
    numbers if they have something to do after a step.

    Args:
        callbacks: Keras callbacks.
        model: The model that they belong to.
        params: What callbacks are told: `epochs`, `steps` and `verbose`.

    >>> import keras, numpy as np
    >>> from seqkit.training.step_callbacks import StepCallbacks
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> note = keras.callbacks.LambdaCallback(
    ...     on_train_batch_end=lambda batch, logs: print(batch, type(logs["loss"])))
    >>> callbacks = StepCallbacks([note], model, epochs=1, steps=1, verbose=0)
    >>> _ = model.fit(np.ones((4, 1)), np.ones((4, 1)), verbose=0, callbacks=callbacks)
    0 <class 'float'>
    """

    def __init__(self, callbacks: Any, model: keras.Model, **params: Any):
        super().__init__(callbacks, add_history=True, model=model, **params)
        # Keras would call some from threads of its own.
        self._async_train = self._async_test = self._async_predict = False

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._step("on_train_batch_end", batch, logs or {})

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._step("on_test_batch_end", batch, logs or {})

    def _step(self, name: str, batch: int, logs: Mapping[str, Any]) -> None:
        numbers = None
        for one in self.callbacks:
            if getattr(one, "reads_tensors", False):
                getattr(one, name)(batch, logs)
            elif _defined(one, name) or _defined(one, "on_batch_end"):
                numbers = _numbers(logs) if numbers is None else numbers
                getattr(one, name)(batch, numbers)


def _defined(callback: keras.callbacks.Callback, name: str) -> bool:
    """Whether a callback has a method of its own."""
    method = getattr(callback, name)
    plain = getattr(keras.callbacks.Callback, name)
    return getattr(method, "__func__", method) is not plain


def _numbers(logs: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in sorted(logs.items()):
        if isinstance(value, Mapping):
            found |= _numbers(value)
        else:
            array = keras.ops.convert_to_numpy(value)
            found[name] = float(array) if array.ndim == 0 else value
    return found
