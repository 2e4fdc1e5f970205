"""The warm-up fits the steps that there are, and says so."""

import pytest

from seqkit.recipes import translation
from tests import tiny

PAIRS = [("the dog runs", "der Hund läuft"), ("a cat ran", "eine Katze lief")]
OPTIONS = {name: v for name, v in tiny.TRANSLATION.items() if name != "warmup_steps"}


def build(rows, **options):
    data = {"train": PAIRS * rows}
    return translation.build(data, **{**OPTIONS, "batch_tokens": None, **options})


@pytest.mark.parametrize("schedule", ["inverse_square_root", "cosine"])
def test_a_default_that_is_too_long_is_cut(capsys, schedule):
    task = build(20, batch_size=2, schedule=schedule)
    steps = task.steps_per_epoch() * task.options.schedule_epochs
    assert task.options.warmup_steps == steps // 10 < 400
    found = f"warmup_steps={steps // 10}: one in 10 of the {steps:,} steps of 10 epochs"
    assert found in capsys.readouterr().err
    rate = task.model.optimizer._learning_rate
    assert rate.warmup_steps == steps // 10
    assert float(rate(steps // 10 - 1)) > 0.8 * task.options.learning_rate


def test_a_default_that_fits_stays(capsys):
    task = build(20, batch_size=2, schedule_epochs=1000)
    assert task.options.warmup_steps == 400
    assert "warmup_steps" not in capsys.readouterr().err


def test_what_is_given_stays_and_is_reported_if_too_long(capsys):
    assert build(2, batch_size=2, warmup_steps=9).options.warmup_steps == 9
    assert "warmup_steps" not in capsys.readouterr().err
    assert build(2, batch_size=2, warmup_steps=900).options.warmup_steps == 900
    assert "warmup_steps=900: more than all 10 steps" in capsys.readouterr().err


def test_a_schedule_without_a_warm_up_has_none(capsys):
    task = build(2, batch_size=2, schedule="constant")
    assert task.options.warmup_steps == 400
    assert "warmup_steps" not in capsys.readouterr().err


def test_a_default_batch_leaves_small_data_enough_steps(capsys):
    """Until an epoch has 50 steps, or a batch 256 tokens."""
    few, many = build(20, batch_size=None), build(2000, batch_size=None)
    assert few.options.batch_tokens == 256
    assert many.options.batch_tokens < 4096 and many.steps_per_epoch() >= 50
    said = capsys.readouterr().err
    assert f"batch_tokens={many.options.batch_tokens}: an epoch has" in said
    assert "with 4,096, the default, only" in said
    assert few.train.cardinality() == few.steps_per_epoch()


def test_a_batch_that_is_given_stays(capsys):
    assert build(20, batch_tokens=4096, batch_size=None).options.batch_tokens == 4096
    assert build(20, batch_size=40).options.batch_size == 40
    assert "the default" not in capsys.readouterr().err
