"""What callbacks see of steps, and the steps of a call."""

import keras
import numpy as np
import pytest

from seqkit.errors import Diverged
from seqkit.training import (
    AveragedSGD,
    FiniteLoss,
    Interruption,
    StepCallback,
    StepCallbacks,
    WeightAveraging,
)


class Read(StepCallback):
    def __init__(self):
        super().__init__()
        self.steps, self.logs = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.steps.append(list(self.steps_to(batch)))
        self.logs.append(logs)


class Plain(keras.callbacks.Callback):
    def __init__(self, name):
        super().__init__()
        self.logs = []
        setattr(self, name, lambda batch, logs=None: self.logs.append(logs))


def fit(*callbacks, steps=7, together=1, epochs=1, x=None):
    x = np.random.default_rng(0).normal(size=(2 * steps, 3)) if x is None else x
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse", steps_per_execution=together)
    listed = StepCallbacks(callbacks, model, epochs=epochs, steps=steps, verbose=0)
    history = model.fit(
        x,
        x[:, :1],
        batch_size=2,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        validation_data=(x, x[:, :1]),
        callbacks=listed,
    )
    return model, history.history


@pytest.mark.parametrize(
    "name", ["on_train_batch_end", "on_batch_end", "on_test_batch_end"]
)
def test_others_get_numbers(name):
    plain, read = Plain(name), Read()
    fit(read, plain)
    assert len(plain.logs) == 7
    assert all(type(logs["loss"]) is float for logs in plain.logs)
    if name != "on_test_batch_end":
        found = [float(logs["loss"]) for logs in read.logs]
        assert found == [logs["loss"] for logs in plain.logs]


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="one step per call")
def test_the_last_call_of_an_epoch_may_make_fewer_steps():
    read, interruption = Read(), Interruption()
    whole, history = fit()
    model, several = fit(read, interruption, together=3)
    assert read.steps == [[0, 1, 2], [3, 4, 5], [6]] and interruption.steps == 7
    np.testing.assert_allclose(model.get_weights()[0], whole.get_weights()[0], 1e-5)
    assert history.keys() == several.keys()
    np.testing.assert_allclose(history["val_loss"], several["val_loss"], 1e-5)


def test_averages_count_steps_not_calls():
    averaging = WeightAveraging(0.9, every=3)
    sgd = AveragedSGD(nonmonotone_interval=0, every=2)
    sgd.triggered = True
    fit(averaging, sgd, together=2, epochs=2)
    assert averaging.batches == sgd.batches == 14
    assert (averaging.updates, sgd.updates) == (4, 7)


def broken(step, steps=9):
    x = np.random.default_rng(0).normal(size=(2 * steps, 3))
    x[2 * step] = np.nan
    return x


class Batches:
    def __init__(self, x):
        self.x = x

    def batch(self, epoch, step):
        return self.x[2 * step : 2 * step + 2]


@pytest.mark.parametrize("behind", [0, 1, 3, 50])
@pytest.mark.parametrize("step", [0, 4, 8])
def test_the_step_that_diverged_is_named_however_late_it_is_read(behind, step):
    x, read = broken(step), Read()
    loss = FiniteLoss(Batches(x), behind)
    with pytest.raises(Diverged) as raised:
        fit(read, loss, steps=9, x=x)
    assert f"epoch 1, step {step + 1}: expected a finite loss" in str(raised.value)
    assert f".batch(0, {step}), which itself holds" in str(raised.value)
    latest = min(step + max(1, 2 * behind), 9)  # no further ahead than twice as many
    assert step < len(read.steps) <= latest


@pytest.mark.parametrize("behind", [0, 2])
def test_of_several_steps_in_a_call_the_broken_batch_is_named(behind):
    x = broken(5)
    with pytest.raises(Diverged) as raised:
        fit(FiniteLoss(Batches(x), behind), steps=9, together=4, x=x)
    assert "one of the steps 5–8: expected a finite loss" in str(raised.value)
    assert ".batch(0, 5), which itself holds" in str(raised.value)
