"""`fit`: what it says, where it stops, and what is left after Ctrl-C."""

import os
import signal

import keras
import numpy as np
import pytest

import seqkit
from seqkit import cli
from seqkit.errors import ArgumentError, SeqkitError
from tests.task.test_build import DATA, ROWS, build
from tests.tiny import POINTING, SENTIMENT, pointing_folder


class CtrlC(keras.callbacks.Callback):
    """Presses Ctrl-C in a step of an epoch."""

    def __init__(self, epoch, step=1):
        super().__init__()
        self.at, self.epoch = (epoch, step), 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.epoch, batch) == self.at:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(autouse=True)
def _handler():
    """In a process in the background, Ctrl-C may be ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_early_stopping_is_on_where_there_is_a_validation_split(capsys):
    task = build(learning_rate=1e-9, average_momentum=None)  # nothing gets better
    task.fit(epochs=9, verbose=2)
    shown = capsys.readouterr().out
    assert "early stopping: after 3 epochs without a better val_accuracy" in shown
    assert "stopped early, after epoch 4 of 9" in shown and task.best_epoch == 1
    assert len(task.history["loss"]) == 4
    other = build({"train": ROWS}, learning_rate=1e-9, validation_fraction=0.0)
    other.fit(epochs=5, verbose=0)
    assert len(other.history["loss"]) == 5 and other.best_epoch is None


def test_figures_are_printed_whatever_is_chosen(capsys):
    task = build()
    for verbose in (1, 2, "auto"):
        task.fit(epochs=1, verbose=verbose)
        shown = capsys.readouterr().out
        assert "epoch 1/1" in shown and "loss 0." in shown and "val_accuracy" in shown
    task.fit(epochs=1, verbose=0)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("average", [None, 0.9], ids=str)
def test_ctrl_c_keeps_the_best_weights_and_whole_epochs(average):
    task = build(average_momentum=average)
    kept = []
    note = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: kept.append(task.model.get_weights())
    )
    with pytest.raises(KeyboardInterrupt):
        task.fit(epochs=5, verbose=0, callbacks=[note, CtrlC(2)])
    assert {len(values) for values in task.history.values()} == {2}
    assert task.interrupted == "in epoch 3 of 5"
    if average is None:
        for one, other in zip(
            task.model.get_weights(), kept[task.best_epoch - 1], strict=True
        ):
            np.testing.assert_array_equal(one, other)
    task.fit(epochs=1, verbose=0)
    assert task.interrupted == ""


def train(data, out, *more):
    words = ["train", "sentiment", "--out", str(out), "--epochs", "4"]
    words += [f"--dataset={data}", "--verbose", "0"]
    for name, value in SENTIMENT.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    return cli.main([*words, *more])


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "train.tsv"
    rows = "".join(f"{row['text']}\t{row['label']}\n" for row in ROWS)
    file.write_text("text\tlabel\n" + rows)
    return file


@pytest.mark.parametrize("epoch", [0, 2])
def test_on_the_command_line_it_is_saved_and_goes_on(
    data, tmp_path, monkeypatch, capfd, epoch
):
    out, recipe = tmp_path / "run", seqkit.recipes.sentiment.Sentiment
    own = recipe.callbacks
    with monkeypatch.context() as patch:
        patch.setattr(recipe, "callbacks", lambda self: [*own(self), CtrlC(epoch)])
        assert train(data, out) == 130
    said = capfd.readouterr().err
    assert f"Saved {out}, interrupted in epoch {epoch + 1} of 4, with the" in said
    assert "--resume goes on from the last checkpoint" in said
    partial = seqkit.load(out)
    assert len(partial.history.get("loss", [])) == epoch
    assert partial.predict("a good day").label in ("good", "bad")
    assert train(data, out) == 2  # an interrupted run is in the way
    assert cli.main(["train", "--out", str(out), "--resume"]) == 0
    assert len(seqkit.load(out).history["loss"]) == 4
    assert not (tmp_path / "run.training").exists()


def test_an_earlier_task_stays_when_its_successor_is_interrupted(
    data, tmp_path, monkeypatch, capfd
):
    out = tmp_path / "run"
    assert train(data, out) == 0
    before = (out / "task.json").read_bytes()
    monkeypatch.setattr(
        seqkit.recipes.sentiment.Sentiment, "callbacks", lambda self: [CtrlC(1)]
    )
    assert train(data, out, "--overwrite") == 130
    assert "has the earlier task still" in capfd.readouterr().err
    assert (out / "task.json").read_bytes() == before


def test_logs_for_tensorboard(tmp_path, monkeypatch):
    task = build()
    task.fit(epochs=1, verbose=0, tensorboard=tmp_path / "logs")
    assert {one.name for one in (tmp_path / "logs").iterdir()} == {
        "train",
        "validation",
    }
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SeqkitError, match=r"pip install 'seqkit\[tensorboard\]'"):
        task.fit(epochs=1, verbose=0, tensorboard=tmp_path / "other")


def test_wrong_rates_are_refused_together():
    task = build()
    with pytest.raises(ArgumentError, match="steps: .*\nlowest, highest: "):
        task.find_learning_rate(steps=2, lowest=1.0, highest=0.1)


def test_training_after_the_range_test_is_as_without_it():
    one, other = build(dropout=0.5), build(dropout=0.5)
    found = other.find_learning_rate(steps=20)
    assert found.current == SENTIMENT["learning_rate"]
    for task in (one, other):
        task.fit(epochs=1, verbose=0)
    assert one.history == other.history
    for a, b in zip(one.model.get_weights(), other.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_columns_are_refused_before_the_backend_is_imported(run_python, tmp_path):
    """In every recipe; the message names the options."""
    file = tmp_path / "train.jsonl"
    file.write_text('{"one": "a", "other": "b"}\n' * 3)
    code = (
        "import sys, seqkit\n"
        "from seqkit.registries import recipes\n"
        "for name in recipes:\n"
        "    try:\n"
        f"        recipes[name].build({str(file)!r})\n"
        "    except seqkit.errors.SeqkitError as error:\n"
        "        print(name, error)\n"
        "print({'keras', 'tensorflow', 'jax'} & set(sys.modules))\n"
    )
    *said, modules = run_python(code).splitlines()
    options = {
        "captioning": "image= and caption=",
        "forecasting": "targets=",
        "language_modeling": "column=",
        "pointing": "points= and order=",
        "sentiment": "text= and label=",
        "speech": "audio= and text=",
        "summarization": "source= and target=",
        "tagging": "tokens=",
        "translation": "source= and target=",
    }
    for line, (name, given) in zip(said, sorted(options.items()), strict=True):
        assert line.startswith(f"{name} ") and f"Give {given} as the data" in line
        assert "line 1: expected a column" in line
    assert modules == "set()"


def test_on_the_command_line_options_are_written_as_there(tmp_path, capfd):
    file = tmp_path / "train.jsonl"
    file.write_text('{"one": "a", "other": "b"}\n' * 3)
    assert cli.main(["train", "sentiment", f"--dataset={file}"]) == 2
    assert "Give --text and --label as the data" in capfd.readouterr().err


def test_data_that_are_tiny_are_used(capsys):
    """The default batch would be all of them."""
    options = {k: v for k, v in SENTIMENT.items() if k != "batch_size"}
    task = seqkit.recipes.sentiment.build(DATA, **options)
    assert task.options.batch_size == 8 and task.steps_per_epoch() == 5
    said = capsys.readouterr().err
    assert "batch_size=8: an epoch has 5 steps; with 64, the default, only 1" in said


def test_several_steps_per_call_train_as_one_does():
    one, several = build(batch_size=8), build(batch_size=8, steps_per_execution=3)
    assert len(one.train) % 3
    for task in (one, several):
        task.fit(2, verbose=0)
    assert one.history.keys() == several.history.keys()
    for name, figures in one.history.items():
        np.testing.assert_allclose(several.history[name], figures, 1e-4, 1e-5)


def test_no_step_is_skipped_in_float16(tmp_path):
    task = seqkit.recipes.pointing.build(
        pointing_folder(tmp_path), dtype_policy="mixed_float16", seed=1, **POINTING
    )
    task.fit(1, verbose=0)
    assert int(task.model.optimizer.iterations) == task.steps_per_epoch() > 5


@pytest.mark.parametrize("saved", [False, True])
def test_rows_that_fill_up_a_batch_do_not_count(saved, tmp_path):
    """Static shapes have such rows, and the last batch is small without them."""
    losses = []
    for static in (False, True):
        task = build(static_shapes=static, jit_compile=static, batch_size=3)
        batches = task.batched("validation")[0]
        rows = [len(weights) for *_, weights in batches.epoch(0)]
        assert (len(set(rows)) == 1) == static
        if saved:
            task.save(tmp_path / str(static))
            task = seqkit.load(tmp_path / str(static), dataset=DATA)
        losses.append(task.model_figures("validation", "loss")["loss"])
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
