"""Keras's callback does the work; here is what it lacks."""

import keras
import numpy as np
import pytest

from seqkit.training import ReduceLROnPlateau
from tests.training.notes import checkpointed

FIGURES = [5.0, 4.0, 4.5, 4.6, 4.7, 3.0, 3.5, 3.6]
OPTIONS = {"factor": 0.25, "patience": 2, "min_delta": 0.0}


def test_decays_as_keras_s(tmp_path):
    own = checkpointed(tmp_path / "a", [ReduceLROnPlateau(**OPTIONS)], FIGURES, 8)
    keras_s = keras.callbacks.ReduceLROnPlateau(**OPTIONS)
    wanted = checkpointed(tmp_path / "b", [keras_s], FIGURES, 8)
    assert own[1] == wanted[1]
    for one, other in zip(own[0], wanted[0], strict=True):
        np.testing.assert_array_equal(one, other)
    # Keras notes the rate that an epoch had.
    rates = own[1]["learning_rate"]
    assert rates == pytest.approx([0.5] * 4 + [0.125] * 4)


def test_a_resumed_run_equals_one_without_a_break(tmp_path):
    def run(folder, epochs, **options):
        callbacks = [ReduceLROnPlateau(cooldown=1, **OPTIONS)]
        return checkpointed(tmp_path / folder, callbacks, FIGURES, epochs, **options)

    whole = run("whole", 8)
    for first in (3, 4):  # in the middle of the wait; cooling down
        run(str(first), first)
        resumed = run(str(first), 8, resume=True)
        for one, other in zip(whole[0], resumed[0], strict=True):
            np.testing.assert_array_equal(one, other)
        assert whole[1] == resumed[1]


def test_another_fit_starts_anew_as_keras_s_does():
    callback = ReduceLROnPlateau(**OPTIONS)
    callback.restore({"plateau": np.array([2.0, 1.0, 0.0])})
    callback.on_train_begin()
    assert (callback.best, callback.wait) == (2.0, 1)
    callback.on_train_begin()
    assert (callback.best, callback.wait) == (None, 0)


def test_with_a_schedule_keras_says_what_is_wrong(tmp_path):
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 10)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(schedule), "mse")
    callback = ReduceLROnPlateau(monitor="loss", **OPTIONS)
    callback.set_model(model)
    callback.on_train_begin()
    with pytest.raises(TypeError, match="not settable"):
        for epoch in range(4):
            callback.on_epoch_end(epoch, {"loss": 1.0})
