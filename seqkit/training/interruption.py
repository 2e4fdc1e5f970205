"""Ctrl-C during training: between two steps, where nothing is half done."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from seqkit.training.step_callbacks import StepCallback


class Interruption(StepCallback):
    """Raises `KeyboardInterrupt` after the step in which Ctrl-C came.

    In the middle of a step the weights may be half changed, and on JAX they are gone.
    A second Ctrl-C does not wait.

    Attributes:
        steps: Steps that were done.

    >>> from seqkit.training import Interruption
    >>> interruption = Interruption()
    >>> with interruption.handled():
    ...     pass  # model.fit(..., callbacks=[interruption])
    """

    def __init__(self):
        super().__init__()
        self.steps, self._in_step, self._came = 0, False, False

    @contextlib.contextmanager
    def handled(self) -> Iterator[None]:
        """A context in which Ctrl-C waits for the end of a step."""
        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread may set handlers, and Ctrl-C goes there
            return
        before = signal.getsignal(signal.SIGINT)
        if before is not signal.default_int_handler:
            yield  # somebody else decides what Ctrl-C means
            return
        signal.signal(signal.SIGINT, self._handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _handle(self, number: int, frame: Any) -> None:
        if self._came or not self._in_step:
            raise KeyboardInterrupt
        self._came = True

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        super().on_train_batch_begin(batch)
        self._in_step = True

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.steps += len(self.steps_to(batch))
        self._in_step = False
        if self._came:
            raise KeyboardInterrupt
