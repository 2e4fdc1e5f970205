"""Ctrl-C and SIGTERM in training take effect between two steps."""

import contextlib
import functools
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

from seqkit.errors import terminated
from seqkit.training.step_callbacks import StepCallback

_RAISING: dict[int, Any] = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: terminated,
}
_ORDINARY: dict[int, tuple] = {
    signal.SIGINT: (signal.default_int_handler,),
    signal.SIGTERM: (signal.SIG_DFL, terminated),
}


class Interruption(StepCallback):
    """Raises `KeyboardInterrupt` after the step in which Ctrl-C or SIGTERM came.

    In the middle of a step the weights may be half changed, and on JAX they are gone.
    A second Ctrl-C does not wait. SIGTERM raises `seqkit.errors.Terminated`, a
    `KeyboardInterrupt`.

    Attributes:
        steps: Steps that were done.

    >>> from seqkit.training import Interruption
    >>> interruption = Interruption()
    >>> with interruption.handled():
    ...     pass  # model.fit(..., callbacks=[interruption])
    """

    def __init__(self):
        super().__init__()
        self.steps, self._in_step = 0, False
        self._came: Callable[[], Any] | None = None

    @contextlib.contextmanager
    def handled(self) -> Iterator[None]:
        """A context in which Ctrl-C and SIGTERM wait for the end of a step."""
        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread may set handlers, and signals go there
            return
        before = {number: signal.getsignal(number) for number in _RAISING}
        # Where others have set a handler, it stays.
        mine = [one for one, handler in before.items() if handler in _ORDINARY[one]]
        for number in mine:
            signal.signal(number, self._handle)
        try:
            yield
        finally:
            for number in mine:
                ends = before[number] is terminated and self._came is not None
                if not ends:  # otherwise SIGTERM stays ignored
                    signal.signal(number, before[number])

    def _handle(self, number: int, frame: Any) -> None:
        end = functools.partial(_RAISING[number], number, frame)
        if self._came is not None and number == signal.SIGTERM:
            return  # clusters send several
        ends = self._came is not None or not self._in_step
        self._came = end
        if ends:
            end()

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        super().on_train_batch_begin(batch)
        self._in_step = True

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.steps += len(self.steps_to(batch))
        self._in_step = False
        if self._came:
            self._came()
