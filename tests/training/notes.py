"""A small run, and the weights that it passes through."""

import keras
import numpy as np

from seqkit.training import Checkpoint

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


def train(*callbacks, optimizer=None, epochs=EPOCHS):
    """The notes and the final weights of one and the same run with callbacks."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(STEPS * 4, 3))
    y = rng.normal(size=(STEPS * 4, 2))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(optimizer or keras.optimizers.Adam(0.1), "mse")
    notes = Weights()
    model.fit(
        x,
        y,
        batch_size=4,
        epochs=epochs,
        shuffle=False,
        validation_data=(x, y),
        validation_batch_size=28,
        callbacks=[*callbacks, notes],
        verbose=0,
    )
    return notes, model.get_weights()


def assert_equal(one, other, **tolerance):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, **(tolerance or {"rtol": 0}))


class Figures(keras.callbacks.Callback):
    """Puts figures in the place of the validation loss; stands before its readers."""

    def __init__(self, figures):
        super().__init__()
        self.figures = figures

    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = self.figures[epoch]


def checkpointed(folder, callbacks, figures, epochs, resume=False):
    """A run with callbacks and figures that is kept in a folder; its final state."""
    keras.utils.set_random_seed(7 if resume else 0)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(keras.optimizers.SGD(0.5, momentum=0.9), "mse")
    history = {}
    checkpoint = Checkpoint(folder, callbacks, history)
    model.fit(
        x,
        y,
        batch_size=4,
        epochs=epochs,
        initial_epoch=checkpoint.restore(model) if resume else 0,
        shuffle=False,
        validation_data=(x, y),
        callbacks=[Figures(figures), *callbacks, checkpoint],
        verbose=0,
    )
    variables = [*model.variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(v) for v in variables], history
