"""Learning curves: a panel per figure, with train, validation and the best epoch."""

import pytest

from seqkit.errors import SeqkitError
from seqkit.inspect import plot_history

HISTORY = {"loss": [2.0, 1.0], "val_loss": [2.5, 1.5], "val_bleu": [1.0, 9.0]}


def test_curves_are_the_figures():
    figure = plot_history(HISTORY, best_epoch=2)
    loss, bleu = figure.axes
    train, validation, best = loss.get_lines()
    assert list(train.get_xdata()) == [1, 2] and list(train.get_ydata()) == [2.0, 1.0]
    assert list(validation.get_ydata()) == [2.5, 1.5]
    assert list(best.get_xdata()) == [2, 2]
    labels = [text.get_text() for text in loss.get_legend().get_texts()]
    assert labels == ["train", "validation", "best epoch: 2"]
    assert bleu.get_title() == "bleu" and len(bleu.get_lines()) == 2


def test_some_of_them():
    figure = plot_history(HISTORY, ["bleu"])
    assert [ax.get_title() for ax in figure.axes] == ["bleu"]


def test_what_is_not_there_is_refused():
    with pytest.raises(SeqkitError, match="expected some of loss, bleu, found f1"):
        plot_history(HISTORY, ["f1"])
    with pytest.raises(SeqkitError, match="found none. Train first"):
        plot_history({})
