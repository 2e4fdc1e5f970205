"""A loss that is no number stops training at the step; finite weights are kept."""

import json

import keras
import numpy as np
import pytest

from seqkit import cli
from seqkit.errors import Diverged
from tests.task.test_build import ROWS, build
from tests.tiny import SENTIMENT


class Poison(keras.callbacks.Callback):
    """Makes a weight infinite at the beginning of an epoch, in the middle of one."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch, self.now, self.seen = epoch, -1, []

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append((self.now, batch))
        if self.now == self.epoch and batch == 0:
            variable = self.model.trainable_variables[-1]
            variable.assign(keras.ops.full(variable.shape, float("nan")))


@pytest.mark.parametrize("average", [None, 0.9], ids=str)
def test_training_stops_at_the_step_with_finite_weights(average):
    task = build(batch_size=8, average_momentum=average)
    poison = Poison(epoch=2)
    with pytest.raises(Diverged, match="epoch 3, step 2: .*finite loss.*learning_rate"):
        task.fit(epochs=5, callbacks=[poison], verbose=0)
    assert poison.seen[-1] == (2, 0)
    for weight in task.model.get_weights():
        assert np.isfinite(weight).all()
    assert [len(values) for values in task.history.values()] == [2] * len(task.history)
    assert task.predict("a good day").label in ("good", "bad")


def test_without_a_whole_epoch_the_weights_are_the_first():
    task = build()
    before = task.model.get_weights()
    with pytest.raises(Diverged, match="epoch 1, step 2"):
        task.fit(epochs=1, callbacks=[Poison(epoch=0)], verbose=0)
    for weight, one in zip(task.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, one)


@pytest.mark.parametrize("epochs", [0, 1])
def test_on_the_command_line(tmp_path, monkeypatch, capfd, epochs):
    out = tmp_path / "run"
    words = ["train", "sentiment", "--out", str(out), "--epochs", "3"]
    for split in ("train", "validation"):
        file = tmp_path / f"{split}.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
        words += ["--dataset", f"{split}={file}"]
    words += ["--batch-size", "8"]
    monkeypatch.setattr(
        "seqkit.recipes.sentiment.Sentiment.callbacks", lambda self: [Poison(epochs)]
    )
    for name, value in SENTIMENT.items():
        if name not in ("batch_size", "dataset"):
            words += [f"--{name.replace('_', '-')}", json.dumps(value).strip('"')]
    assert cli.main(words) == 2
    error = capfd.readouterr().err
    assert f"epoch {epochs + 1}, step 2: expected a finite loss" in error
    # What whole epochs made is kept; nothing untrained is.
    assert (out / "task.json").exists() is (epochs > 0)
