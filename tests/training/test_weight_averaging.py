"""The average against a NumPy loop, and where it is in force."""

import keras
import numpy as np
import pytest

from seqkit.training import WeightAveraging

EPOCHS, STEPS = 3, 7


class Weights(keras.callbacks.Callback):
    """Notes the weights as training and validation see them."""

    def __init__(self):
        super().__init__()
        self.trained, self.tested, self.before = [], [], []

    def _now(self):
        return [np.array(w) for w in self.model.get_weights()]

    def on_train_begin(self, logs=None):
        self.first = self._now()

    def on_epoch_begin(self, epoch, logs=None):
        self.before.append(self._now())

    def on_train_batch_end(self, batch, logs=None):
        self.trained.append(self._now())

    def on_test_batch_end(self, batch, logs=None):
        self.tested.append(self._now())


def train(*callbacks):
    """The notes and the final weights of one and the same run with callbacks."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(STEPS * 4, 3))
    y = rng.normal(size=(STEPS * 4, 2))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(keras.optimizers.Adam(0.1), "mse")
    notes = Weights()
    model.fit(
        x,
        y,
        batch_size=4,
        epochs=EPOCHS,
        shuffle=False,
        validation_data=(x, y),
        validation_batch_size=28,
        callbacks=[*callbacks, notes],
        verbose=0,
    )
    return notes, model.get_weights()


def averages(notes, momentum, every):
    """The average after each batch, by the formula of the docstring."""
    average, result, updates = notes.first, [], 0
    for number, weights in enumerate(notes.trained, start=1):
        if number % every == 0:
            m = min(momentum, updates / (updates + 9))
            updates += 1
            average = [
                m * a + (1 - m) * w for a, w in zip(average, weights, strict=True)
            ]
        result.append(average)
    return result


def assert_equal(one, other, **tolerance):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, **(tolerance or {"rtol": 0}))


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


def test_no_batch_leaves_the_weights_alone():
    notes, final = train(WeightAveraging(0.9, every=1000))
    assert_equal(final, notes.first)


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
