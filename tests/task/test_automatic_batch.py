"""`batch_size="auto"`: what decides is the memory that a step takes, and the data."""

import itertools

import pytest

from seqkit.errors import ArgumentError
from seqkit.recipes import captioning, language_modeling, sentiment
from seqkit.task import automatic_batch
from tests import tiny

ROWS = [
    {"text": " ".join([word] * (row % 7 + 1)), "label": word}
    for row, word in zip(range(1600), itertools.cycle(["good", "bad"]), strict=False)
]
OPTIONS = {**tiny.SENTIMENT, "batch_size": "auto"}


class Memory:
    """A device of a given size, in the place of this machine's."""

    name = "the device"

    def __init__(self, free):
        self.free = free


def chosen(monkeypatch, free, need):
    """The size that is chosen, and the sizes that were tried."""
    tried = []

    def measure(task, size, model, memory):
        tried.append(size)
        return need(size)

    monkeypatch.setattr(automatic_batch, "_measure", measure)
    monkeypatch.setattr(
        "seqkit.training.device_memory.DeviceMemory", lambda: Memory(free)
    )
    task = sentiment.build({"train": ROWS, "validation": ROWS[:4]}, **OPTIONS)
    assert task.config["batch_size"] == task.options.batch_size
    assert task.steps_per_epoch() == len(list(task.train))
    return task.options.batch_size, tried


def test_where_memory_is_plenty_the_data_decide(monkeypatch, capsys):
    assert chosen(monkeypatch, 1e12, lambda size: 1000 * size) == (32, [4])
    said = capsys.readouterr().err
    assert "batch_size=32: a step takes up to 3.2e-05 of the 1e+03 GB that" in said
    assert "twice the size would leave an epoch fewer than 50 steps" in said


def test_where_it_is_short_memory_decides(monkeypatch, capsys):
    """The largest power of two whose step takes at most 80 % of what is free."""
    row, base = 300 * 2**20, 2**28
    need = lambda size: base + row * size  # noqa: E731
    size, tried = chosen(monkeypatch, 8 * 2**30, need)
    assert need(size) <= 0.8 * 8 * 2**30 < need(2 * size) and size == 16
    assert max(tried) <= 16, "a step that may not fit is not tried"
    assert "and twice the size would take" in capsys.readouterr().err


@pytest.mark.parametrize("free", [100, 10**6, 10**7])
def test_a_size_is_chosen_however_little_there_is(monkeypatch, free):
    size, tried = chosen(monkeypatch, free, lambda size: 10**6 * size)
    assert size == {100: 1, 10**6: 1, 10**7: 8}[free] and tried == [4]


def test_a_real_step_is_measured(capsys):
    few = {"train": ROWS[:100], "validation": ROWS[:4]}
    task = sentiment.build(few, **OPTIONS)
    assert task.options.batch_size == 8, "even if an epoch then has few steps"
    said = capsys.readouterr().err
    assert "batch_size=8: a step takes up to" in said and "this machine has" in said
    again = sentiment.build(few, **OPTIONS | {"batch_size": 8})
    for one, other in zip(
        task.model.get_weights(), again.model.get_weights(), strict=True
    ):
        assert (one == other).all()


def test_copies_of_weights_are_counted(capsys):
    """That of the loss's guard, of the average and of the best epoch."""
    step = 1000
    memory = Memory(10**9)
    memory.taken = lambda: step
    data = {"train": ROWS[:40], "validation": ROWS[:4]}
    for copies, given, more in (
        (3, data, {"average_momentum": 0.9}),
        (2, data, {"average_momentum": None}),
        (1, {"train": ROWS[:40]}, {"average_momentum": None}),
    ):
        options = {**OPTIONS, "batch_size": 4, "validation_fraction": 0.0, **more}
        task = sentiment.build(given, **options)
        weights = 4 * task.model.count_params()
        found = automatic_batch._measure(task, 4, None, memory)
        assert found == step + copies * weights, copies


def test_lanes_of_a_language_model(tmp_path):
    tiny.language_modeling_folder(tmp_path, train=600)
    options = {**tiny.LANGUAGE_MODELING, "batch_size": "auto", "documents": False}
    task = language_modeling.build(tmp_path, **options)
    assert task.model.batch_size == task.options.batch_size >= 8
    assert task.steps_per_epoch() >= 50


def test_images_that_the_model_reads(tmp_path):
    tiny.captioning_folder(tmp_path)
    task = captioning.build(tmp_path, **tiny.CAPTIONING | {"batch_size": "auto"})
    assert task.options.batch_size == 8
    assert len(list(task.train)) == task.steps_per_epoch()


def test_other_words_are_refused():
    with pytest.raises(ArgumentError, match="batch_size: expected .*'auto'.*'much'"):
        sentiment.build({"train": ROWS}, batch_size="much")
