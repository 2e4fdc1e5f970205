"""The average against a NumPy loop, and where it is in force."""

import numpy as np
import pytest

from seqkit.training import WeightAveraging
from tests.training.notes import EPOCHS, STEPS, assert_equal, train


def averages(notes, momentum, every):
    """The average after each batch, by the formula of the docstring."""
    average, result, updates = None, [], 0
    for number, weights in enumerate(notes.trained, start=1):
        if number % every == 0:
            m = min(momentum, updates / (updates + 9))
            updates += 1
            average = [
                m * a + (1 - m) * w
                for a, w in zip(average or weights, weights, strict=True)
            ]
        result.append(average or weights)
    return result


@pytest.mark.parametrize(("momentum", "every"), [(0.5, 1), (0.9, 2), (0.99, 10)])
def test_is_the_moving_average(momentum, every):
    callback = WeightAveraging(momentum, every)
    notes, final = train(callback)
    wanted = averages(notes, momentum, every)
    assert len(wanted) == EPOCHS * STEPS
    assert_equal(final, wanted[-1], rtol=1e-5, atol=1e-6)
    # Each validation ran with the average of its time.
    assert len(notes.tested) == EPOCHS
    for epoch, weights in enumerate(notes.tested):
        average = wanted[(epoch + 1) * STEPS - 1]
        assert_equal(weights, average, rtol=1e-5, atol=1e-6)
    # Training went on with its own weights.
    for epoch in range(1, EPOCHS):
        assert_equal(notes.before[epoch], notes.trained[epoch * STEPS - 1])


def test_training_itself_does_not_notice():
    plain, last = train()
    averaged, average = train(WeightAveraging(0.9, 1))
    for one, other in zip(plain.trained, averaged.trained, strict=True):
        assert_equal(one, other)
    assert_equal(last, plain.trained[-1])
    assert not np.allclose(last[0], average[0])


def test_momentum_0_is_the_last_update():
    notes, final = train(WeightAveraging(0.0, every=1))
    assert_equal(final, notes.trained[-1])


def test_its_state_comes_back():
    callback = WeightAveraging(0.9, 2)
    train(callback)
    other = WeightAveraging(0.9, 2)
    other.restore(callback.state())
    assert (other.updates, other.batches) == (callback.updates, callback.batches)
    assert_equal(other.average, callback.average)


@pytest.mark.parametrize("momentum", [-0.1, 1.0])
def test_momentum_out_of_range(momentum):
    with pytest.raises(ValueError, match="momentum must be at least 0"):
        WeightAveraging(momentum)


def test_a_run_shorter_than_an_update_keeps_what_it_learnt():
    plain, _ = train()
    averaged, last = train(WeightAveraging(0.9, 10 * STEPS))
    for one, other in zip(plain.trained, averaged.trained, strict=True):
        assert_equal(one, other)
    assert_equal(last, averaged.trained[-1])
