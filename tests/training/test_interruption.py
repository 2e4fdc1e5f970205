"""Ctrl-C, or SIGTERM, waits for the end of a step; a second one does not."""

import os
import signal
import threading

import keras
import pytest

from seqkit.errors import Terminated
from seqkit.training import Interruption
from tests.training.notes import train


class CtrlC(keras.callbacks.Callback):
    """Sends the signal in the middle of a step."""

    def __init__(self, step, times=1, number=signal.SIGINT):
        super().__init__()
        self.step, self.times, self.number, self.after = step, times, number, []

    def on_train_batch_begin(self, batch, logs=None):
        if batch == self.step:
            for _ in range(self.times):
                os.kill(os.getpid(), self.number)

    def on_train_batch_end(self, batch, logs=None):
        self.after.append(batch)


@pytest.fixture(autouse=True)
def _handler():
    """In a process in the background, Ctrl-C may be ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_step_is_done_first():
    interruption, press = Interruption(), CtrlC(step=2)
    with pytest.raises(KeyboardInterrupt), interruption.handled():
        train(interruption, press)
    assert interruption.steps == 3
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_one_does_not_wait():
    interruption, press = Interruption(), CtrlC(step=2, times=2)
    with pytest.raises(KeyboardInterrupt), interruption.handled():
        train(interruption, press)
    assert press.after == [0, 1] and interruption.steps == 2


def test_outside_a_step_it_does_not_wait():
    with pytest.raises(KeyboardInterrupt), Interruption().handled():
        os.kill(os.getpid(), signal.SIGINT)


def test_what_others_have_set_stays():
    mine = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption().handled():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, mine)
    found = []

    def run():
        with Interruption().handled():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]


def test_sigterm_waits_for_the_step_and_comes_once():
    interruption, press = Interruption(), CtrlC(2, 3, signal.SIGTERM)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Terminated), interruption.handled():
        train(interruption, press)
    assert interruption.steps == 3
    assert signal.getsignal(signal.SIGTERM) is before
