"""The best epoch by any figure, in its direction; training stops after a plateau."""

import pytest

from seqkit.errors import SeqkitError
from seqkit.training import BestWeights, WeightAveraging
from tests.training.notes import Figures, assert_equal, train


@pytest.mark.parametrize("monitor, best", [("loss", 2), ("f1", 3)])
def test_the_weights_of_the_best_epoch(monitor, best):
    """From Keras's own figures, or from those of a function."""
    figures = iter([0.5, 0.2, 0.9])
    score = None if monitor == "loss" else lambda: {"f1": next(figures)}
    mode = "min" if monitor == "loss" else "max"
    callback = BestWeights(monitor, score=score, mode=mode)
    notes, weights = train(Figures([0.5, 0.2, 0.9]), callback)
    assert callback.epoch == best and not callback.stopped
    kept = notes.trained[best * 7 - 1]  # after the last of 7 steps
    assert_equal(weights, kept)


def test_the_average_is_what_is_kept():
    averaging = WeightAveraging(0.9, every=2)
    callback = BestWeights("loss", averaging=averaging, mode="min")
    notes, weights = train(averaging, Figures([0.5, 0.6, 0.7]), callback)
    assert callback.epoch == 1
    assert_equal(weights, notes.tested[0])


def test_patience_counts_epochs_and_what_was_best_is_known():
    figures = [0.5, 0.4, 0.6, 0.4, 0.3, 0.2]
    callback = BestWeights("loss", patience=2, mode="min")
    train(Figures(figures), callback, epochs=6)
    assert callback.stopped and callback.waited == 2
    assert (callback.epoch, callback.best) == (2, 0.4)


def test_what_a_checkpoint_keeps():
    callback, other = (BestWeights("loss", mode="min") for _ in range(2))
    train(Figures([0.5, 0.4, 0.6]), callback)
    other.restore(callback.state())
    assert (other.best, other.epoch, other.waited) == (0.4, 2, 1)


def test_another_mode_is_refused():
    with pytest.raises(SeqkitError, match="mode: expected max or min, found 'most'"):
        BestWeights("figure", mode="most")


def test_an_unknown_figure_is_named():
    with pytest.raises(SeqkitError, match="expected one of loss, found 'nonesuch'"):
        train(BestWeights("nonesuch"))
