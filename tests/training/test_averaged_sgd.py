"""The mean against a NumPy loop, the trigger against the authors' rule."""

import keras
import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.training import AveragedSGD, averaged_sgd
from tests.training.notes import STEPS, Figures, assert_equal, checkpointed, train

FIGURES = [5.0, 4.0, 3.5, 3.6, 3.4, 3.0]


def triggers_after(figures, interval):
    """The epoch after which the authors' code switches to ASGD, or None."""
    logs = []
    for epoch, figure in enumerate(figures):
        if len(logs) > interval and figure > min(logs[: -interval or None]):
            return epoch
        logs.append(figure)
    return None


def run(callback, figures=FIGURES, **options):
    optimizer = keras.optimizers.SGD(0.2)
    return train(
        Figures(figures),
        callback,
        optimizer=optimizer,
        epochs=len(figures),
        **options,
    )


@pytest.mark.parametrize("interval", [0, 1, 2, 5])
def test_the_trigger(interval):
    rng = np.random.default_rng(interval)
    seen = set()
    for _ in range(200):
        figures = np.round(rng.normal(size=12) - np.linspace(0, 2, 12), 1)
        callback = AveragedSGD(interval, monitor="val_perplexity")
        for epoch, figure in enumerate(figures):
            callback.on_epoch_end(epoch, {"val_perplexity": figure})
            if callback.triggered:
                break
        wanted = triggers_after(figures, interval)
        assert callback.triggered == (wanted is not None)
        if callback.triggered:
            assert epoch == wanted
        seen.add(wanted)
    assert len(seen) > 3


@pytest.mark.parametrize(("every", "block"), [(1, 1024), (1, 4), (3, 2)])
def test_is_the_mean_from_the_trigger_on(every, block, monkeypatch):
    monkeypatch.setattr(averaged_sgd, "_BLOCK", block)
    callback = AveragedSGD(0, every=every)
    notes, final = run(callback)
    assert triggers_after(FIGURES, 0) == 3
    trained = notes.trained[4 * STEPS :][every - 1 :: every]
    assert callback.updates == len(trained)

    def mean(count):
        return [np.mean(one, axis=0) for one in zip(*trained[:count], strict=True)]

    assert_equal(final, mean(len(trained)), rtol=1e-6, atol=1e-7)
    for epoch, weights in enumerate(notes.tested):
        if epoch < 4:
            assert_equal(weights, notes.trained[(epoch + 1) * STEPS - 1])
        else:
            wanted = mean((epoch - 3) * STEPS // every)
            assert_equal(weights, wanted, rtol=1e-6, atol=1e-7)
    # Training went on with its own weights.
    plain, _ = run(keras.callbacks.Callback())
    for one, other in zip(plain.trained, notes.trained, strict=True):
        assert_equal(one, other)


def test_while_it_gets_better_nothing_is_averaged():
    callback = AveragedSGD(1)
    notes, final = run(callback, [3.0, 2.0, 1.0])
    assert not callback.triggered and callback.average is None
    assert_equal(final, notes.trained[-1])


def test_triggered_at_the_end_there_is_nothing_to_average():
    callback = AveragedSGD(0)
    notes, final = run(callback, FIGURES[:4])
    assert callback.triggered and callback.average is None
    assert_equal(final, notes.trained[-1])


def test_a_resumed_run_equals_one_without_a_break(tmp_path):
    whole = checkpointed(tmp_path / "whole", [AveragedSGD(0)], FIGURES, 6)
    for first in (4, 5):  # at the trigger; with an average
        folder = tmp_path / str(first)
        checkpointed(folder, [AveragedSGD(0)], FIGURES, first)
        callback = AveragedSGD(0)
        resumed = checkpointed(folder, [callback], FIGURES, 6, resume=True)
        assert callback.updates == 10
        for one, other in zip(whole[0], resumed[0], strict=True):
            np.testing.assert_array_equal(one, other)
        assert whole[1] == resumed[1]


def test_a_figure_that_is_not_there():
    callback = AveragedSGD(monitor="val_perplexity")
    with pytest.raises(SeqkitError, match="val_loss, val_accuracy, found 'val_p"):
        callback.on_epoch_end(0, {"loss": 1.0, "val_loss": 1.0, "val_accuracy": 1.0})
    with pytest.warns(UserWarning, match="Give fit validation_data"):
        callback.on_epoch_end(0, {"loss": 1.0})
    assert not callback.figures


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"nonmonotone_interval": -1}, "nonmonotone_interval must be at least 0"),
        ({"every": 0}, "every must be at least 1, not 0"),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        AveragedSGD(**options)
