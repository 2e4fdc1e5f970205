"""A run taken up again ends as one without a break; a bad file says so."""

import random

import keras
import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.training import (
    Checkpoint,
    EpochOrder,
    InverseSquareRoot,
    WeightAveraging,
)
from tests.models.cases import WITHOUT_GRAPH

V = 13


class Interrupted(Exception):
    pass


class StopAfter(keras.callbacks.Callback):
    """What a crash in the middle of the next epoch is."""

    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 1 and int(self.model.optimizer.iterations) >= self.epochs * 5:
            raise Interrupted


class Run:
    """A model, its callbacks and its checkpoint, made anew as in a new process."""

    def __init__(self, folder, seed=0, units=6, dtype="float32", averaging=True):
        random.seed(seed)  # where Keras's initialisers and dropout get their seeds
        self.model = keras.Sequential(
            [
                keras.layers.Embedding(V, units, dtype=dtype),
                keras.layers.Dropout(0.4, dtype=dtype),
                keras.layers.Dense(V, dtype=dtype),
            ]
        )
        self.model.build((None, 4))
        optimizer = keras.optimizers.AdamW(InverseSquareRoot(0.05, 6), weight_decay=0.1)
        if dtype == "mixed_float16":
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        self.model.compile(
            optimizer,
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            weighted_metrics=["accuracy"],
            **WITHOUT_GRAPH,
        )
        self.callbacks = [WeightAveraging(0.9, 3)] if averaging else []
        self.history = {}
        self.checkpoint = Checkpoint(folder, self.callbacks, self.history)

    def fit(self, epochs=3, resume=False, callbacks=()):
        rng = np.random.default_rng(0)
        x = rng.integers(0, V, (20, 4))
        y = rng.integers(0, V, (20, 4))
        first = self.checkpoint.restore(self.model) if resume else 0
        self.model.fit(
            x,
            y,
            batch_size=4,
            epochs=epochs,
            initial_epoch=first,
            shuffle=False,
            validation_data=(x, y),
            callbacks=[*self.callbacks, self.checkpoint, *callbacks],
            verbose=0,
        )
        return self

    @property
    def state(self):
        model = self.model
        variables = [*model.variables, *model.optimizer.variables]
        return [keras.ops.convert_to_numpy(v) for v in variables]


def assert_same(one, other):
    for a, b in zip(one.state, other.state, strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.history == other.history


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return Run(tmp_path_factory.mktemp("whole")).fit()


def interrupt(folder, epochs=1, **options):
    run = Run(folder, **options)
    with pytest.raises(Interrupted):
        run.fit(callbacks=[StopAfter(epochs)])


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_resumed_run_equals_one_without_a_break(tmp_path, whole, epochs):
    interrupt(tmp_path, epochs)
    resumed = Run(tmp_path, seed=99).fit(resume=True)
    assert [len(figures) for figures in whole.history.values()] == [3] * 4
    assert_same(resumed, whole)


def test_a_finished_run_stays_as_it_is(tmp_path, whole):
    Run(tmp_path).fit()
    again = Run(tmp_path, seed=99).fit(resume=True)
    for a, b in zip(again.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert again.history == whole.history


def test_more_epochs_than_at_first(tmp_path, whole):
    Run(tmp_path).fit(epochs=2)
    assert_same(Run(tmp_path, seed=99).fit(resume=True), whole)


def test_loss_scaling_is_kept_too(tmp_path):
    wanted = Run(tmp_path / "a", dtype="mixed_float16").fit()
    interrupt(tmp_path / "b", dtype="mixed_float16")
    resumed = Run(tmp_path / "b", seed=99, dtype="mixed_float16").fit(resume=True)
    assert_same(resumed, wanted)


def test_nothing_to_resume_is_a_new_run(tmp_path, whole):
    assert_same(Run(tmp_path / "new").fit(resume=True), whole)


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "array", "bare", "flipped"])
def test_a_damaged_file(tmp_path, damage):
    Run(tmp_path).fit(epochs=1)
    file = tmp_path / "checkpoint.npz"
    whole = file.read_bytes()
    if damage == "array":
        with open(file, "wb") as stream:
            np.save(stream, np.zeros(3))
    elif damage == "bare":
        np.savez(file, **{"variables/0": np.zeros(3)})
    else:
        middle = len(whole) // 2
        flipped = bytes(255 - byte for byte in whole[middle : middle + 99])
        contents = {
            "cut": whole[:middle],
            "empty": b"",
            "text": b"no checkpoint\n" * 99,
            "flipped": whole[:middle] + flipped + whole[middle + 99 :],
        }
        file.write_bytes(contents[damage])
    run = Run(tmp_path, seed=5)
    before = run.state
    with pytest.raises(SeqkitError, match=r"checkpoint\.npz: expected a checkpoint"):
        run.fit(resume=True)
    for a, b in zip(before, run.state[: len(before)], strict=False):
        np.testing.assert_array_equal(a, b)


def test_weights_that_are_not_finite(tmp_path):
    Run(tmp_path).fit(epochs=1)
    file = tmp_path / "checkpoint.npz"
    arrays = dict(np.load(file))
    np.savez(file, **(arrays | {"variables/0": arrays["variables/0"] * np.nan}))
    with pytest.raises(SeqkitError, match="variables/0 holds numbers that are not"):
        Run(tmp_path).fit(resume=True)


@pytest.mark.parametrize("other", [{"units": 7}, {"averaging": False}])
def test_the_file_of_another_run(tmp_path, other):
    for written, read in ((other, {}), ({}, other)):
        Run(tmp_path, **written).fit(epochs=1)
        with pytest.raises(SeqkitError, match="same arguments, or start again"):
            Run(tmp_path, **read).fit(resume=True)


def test_a_crash_while_writing_leaves_the_file_before(tmp_path, monkeypatch, whole):
    Run(tmp_path).fit(epochs=1)
    before = (tmp_path / "checkpoint.npz").read_bytes()

    def crash(stream, **arrays):
        stream.write(b"half of it")
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", crash)
        with pytest.raises(Interrupted):
            Run(tmp_path).fit(resume=True)
    assert (tmp_path / "checkpoint.npz").read_bytes() == before
    assert_same(Run(tmp_path, seed=99).fit(resume=True), whole)
    assert [entry.name for entry in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_epoch_order_tells_the_batches():
    class Batches:
        next_epoch = 0

    batches = Batches()
    callback = EpochOrder(batches)
    for epoch in (4, 5, 0):
        callback.on_epoch_begin(epoch)
        assert batches.next_epoch == epoch
