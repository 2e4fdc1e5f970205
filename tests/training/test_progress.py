"""What is shown while training: figures, the time left, the best epoch, early stops."""

import io
import re
import sys

import pytest

from seqkit.training import BestWeights, Progress
from seqkit.training.remaining import Remaining, spell
from tests.training.notes import Figures, train


def shown(capsys, figures, patience=None, epochs=4):
    best = BestWeights("loss", patience, mode="min")
    train(Figures(figures), best, Progress(best=best), epochs=epochs)
    return re.sub(r"\d+ s", "0 s", capsys.readouterr().out).splitlines()


def test_a_line_per_epoch_with_its_figures(capsys):
    lines = shown(capsys, [0.5, 0.25, 0.75, 0.625])
    assert len(lines) == 5
    assert re.fullmatch(
        r"epoch 1/4 \(0 s, 0 s left\): loss \d\S*, val_loss 0.5; best so far", lines[0]
    )
    assert [line.endswith("; best so far") for line in lines[:4]] == [1, 1, 0, 0]
    assert lines[3].startswith("epoch 4/4 (0 s): loss")
    assert lines[4] == "the best was epoch 2, val_loss 0.25, whose weights are kept"


def test_an_early_stop_says_that_it_stopped_why_and_what_was_best(capsys):
    first, *_, last = shown(capsys, [0.5, 0.25, 0.75, 0.625, 0.5, 0.5], 2, epochs=6)
    assert first == (
        "early stopping: after 2 epochs without a better val_loss (patience; null: "
        "never)"
    )
    assert last == (
        "stopped early, after epoch 4 of 6: 2 epochs (patience) without a better "
        "val_loss. The best was epoch 2, val_loss 0.25, whose weights are kept"
    )


def test_a_run_too_short_to_stop_early_says_nothing_of_it(capsys):
    lines = shown(capsys, [0.5, 0.4], 2, epochs=2)
    assert not any("early" in line for line in lines)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_a_bar_with_the_time_of_the_whole_run(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys, "stdout", Terminal())
    best = BestWeights("loss", mode="min")
    progress = Progress(bar=True, best=best)
    train(Figures([0.5, 0.25, 0.75]), best, progress)
    written = sys.stdout.getvalue()
    assert "━" in written and re.search(r"epoch 3/3 .*━.*0 s left", written)
    assert re.search(
        r"^.*epoch 2/3 \(\d s, \d s left\): loss .*; best so far", written, re.M
    )
    assert progress._bar is None


def test_without_a_terminal_there_is_no_bar(capsys):
    train(Progress(bar=True))
    assert capsys.readouterr().out.count("\n") == 3


def test_the_time_left_counts_validation_once_it_is_known():
    remaining = Remaining(epochs=3, steps=4)
    remaining.begin_epoch(0, now=0.0)
    assert remaining.left() is None
    remaining.end_step(1, now=20.0)  # which compiled
    assert remaining.left() is None
    for step in (2, 3, 4):
        remaining.end_step(step, now=19.0 + step)
    assert remaining.left() == 8  # two epochs of 4 steps of 1 s
    assert remaining.end_epoch(0, now=30.0) == 30
    remaining.begin_epoch(1, now=30.0)
    remaining.end_step(4, now=34.0)
    remaining.end_epoch(1, now=36.0)  # 4 s of steps, 2 s of validation
    assert remaining.left() == 6
    remaining.begin_epoch(2, now=36.0)
    remaining.end_step(2, now=38.0)
    assert remaining.left() == 4
    remaining.end_epoch(2, now=42.0)
    assert remaining.left() == 0


@pytest.mark.parametrize(
    "seconds, text", [(0.4, "0 s"), (59.7, "1:00 min"), (3599, "59:59 min")]
)
def test_times(seconds, text):
    assert spell(seconds) == text
