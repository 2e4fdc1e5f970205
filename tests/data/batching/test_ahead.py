"""Work ahead of time keeps its order and its errors, and ends."""

import threading
import time

import pytest

from seqkit.data.batching.ahead import made_ahead


def threads():
    return [
        one for one in threading.enumerate() if one.name.startswith("seqkit-batches")
    ]


@pytest.mark.parametrize("ahead", [0, 1, 3, 99])
def test_all_in_order(ahead):
    assert list(made_ahead(str, 7, ahead)) == list("0123456")
    assert not threads()


def test_as_many_as_said_are_made_before_they_are_asked_for():
    made, enough = [], threading.Event()

    def make(number):
        made.append(number)
        if number == 3:
            enough.set()
        return number

    reading = made_ahead(make, 50, ahead=3)
    assert next(reading) == 0 and enough.wait(10)
    time.sleep(0.02)
    assert made == [0, 1, 2, 3]
    reading.close()
    assert not threads()


def test_an_error_comes_where_its_result_would():
    def make(number):
        return 1 / (2 - number)

    reading = made_ahead(make, 5, ahead=4)
    assert [next(reading), next(reading)] == [0.5, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(reading)
    assert not threads()


def test_nothing_is_left_running_when_nobody_reads_on():
    reading = made_ahead(str, 50, ahead=3)
    next(reading)
    del reading
    assert not threads()
