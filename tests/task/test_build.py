"""Building: in the one right order, with notes on what was decided or not used."""

import pytest

from seqkit import cards, runs
from seqkit.errors import ArgumentError, SeqkitError
from seqkit.recipes import forecasting, sentiment, translation
from tests import tiny

ROWS = [
    {"text": text, "label": label}
    for text, label in [("a good day", "good"), ("a bad day", "bad")] * 20
]
DATA = {"train": ROWS, "validation": ROWS[:4], "test": ROWS[:4]}


def build(dataset=DATA, **options):
    return sentiment.build(dataset, **tiny.SENTIMENT | options)


@pytest.fixture(scope="module")
def task():
    return build()


def test_what_the_data_settle_is_in_the_options(task):
    assert task.options.multi_label is False
    assert task.options.jit_compile is False and task.options.static_shapes is False


def test_unused_options_are_said(capsys):
    build(architecture="cnn", kernel_sizes=[2], bidirectional=False, num_heads=2)
    said = capsys.readouterr().err.splitlines()
    assert "bidirectional: not used by architecture='cnn'" in said
    assert "num_heads: not used by architecture='cnn'" in said
    assert not [line for line in said if line.startswith("kernel_sizes")]
    build(architecture="gru", kernel_sizes=[2])
    said = capsys.readouterr().err.splitlines()
    assert "kernel_sizes: not used by architecture='gru'" in said


def test_used_options_are_not_said(capsys):
    build(architecture="transformer", num_heads=2, dropout=0.1, hidden_dim=8)
    assert "not used" not in capsys.readouterr().err


def test_a_model_of_one_s_own_is_trained(task):
    own = build(model=task.model)
    assert own.model is task.model and own.model.compiled


def test_building_is_a_function_of_the_seed(task):
    def first(**options):
        return build(**options).model.get_weights()[0]

    assert (first() == task.model.get_weights()[0]).all()
    assert (first(seed=1) != task.model.get_weights()[0]).any()


def test_wrong_options_of_fit(task):
    with pytest.raises(ArgumentError) as caught:
        task.fit(0, verbose=7)
    assert caught.value.problems == [
        "epochs: expected an integer from 1 or null, found 0",
        "verbose: expected 'auto', 0, 1 or 2, found 7",
    ]
    with pytest.raises(SeqkitError, match="resume: expected a checkpoint_dir"):
        task.fit(resume=True)


def test_a_dataset_borrowed_for_evaluate(task):
    own = task.evaluate("test")
    other = task.evaluate("test", dataset={"test": ROWS[:1] * 9})
    assert other["log_loss"] != own["log_loss"]
    assert task.results == {"test": own}
    assert task.evaluate("test") == own and len(task.split("test")) == 4


def test_fit_forgets_the_history_of_an_earlier_one(task):
    for _ in range(2):
        task.fit(1, verbose=0)
        assert {len(values) for values in task.history.values()} == {1}


def test_fit_forgets_figures_of_the_weights_before(task):
    task.evaluate("test")
    task.fit(1, verbose=0)
    assert task.results == {}


def test_a_dataset_of_one_split_needs_no_name(task, capsys):
    only = task.evaluate(dataset={"train": ROWS})
    assert only == task.evaluate("train", dataset={"train": ROWS})
    assert "train is the only split" in capsys.readouterr().err


def test_every_row_of_a_borrowed_dataset_is_scored(tmp_path, capsys):
    """Whatever a training would hold out of it."""
    rows = [(f"day {n}", "good" if n % 2 else "bad") for n in range(40)]
    options = {"validation_fraction": 0.2, "test_fraction": 0.25}
    task = sentiment.Sentiment.of_options(rows, **options)
    assert set(task.splits) == {"train", "validation", "test"}
    with task.lent(rows):
        assert set(task.splits) == {"train"} and len(task.split("train")) == 40
    with task.lent(rows, "test"):
        assert 0 < len(task.split("test")) < 40
    assert "test: rows that are held out, as for a training" in capsys.readouterr().err
    with task.lent({"test": rows}, "test"):
        assert len(task.split("test")) == 40
    text, where = "day,guests\n", tmp_path / "guests.csv"
    where.write_text(text + "".join(f"2024-01-{n:02},{n}\n" for n in range(1, 31)))
    options = {"split_rows": [20, 5, 5], "look_back": 2, "horizon": 1}
    series = forecasting.Forecasting.of_options(where, **options)
    assert len(series.split("test")) == 5
    with series.lent(where, "test"):
        assert len(series.split("test")) == 5
    with series.lent(where):
        assert {name: len(rows) for name, rows in series.splits.items()} == {
            "train": 30
        }


def test_splits_that_are_missing_are_found_before_the_work(monkeypatch):
    """All of them at once, before the backend is imported."""
    monkeypatch.setattr("seqkit.task.task.import_backend", None)
    rows = {"validation": ROWS[:4], "dev2": ROWS[:4]}
    with pytest.raises(ArgumentError) as error:
        build(rows, needs={"test": "It is scored", "dev": "It is there"})
    told = str(error.value)
    assert "dataset: expected a train split, found validation, dev2. The task" in told
    assert "dataset: expected a test split, found validation, dev2. It is" in told
    assert "expected a dev" not in told
    card = cards.Card("sentiment", build=tiny.SENTIMENT, evaluate={"split": "test"})
    with pytest.raises(ArgumentError, match="a test split, .*evaluate.split names it"):
        runs.run_card(card, dataset={"train": ROWS}, announce=print)


def test_a_batch_size_that_does_not_fit_an_own_model(task):
    class Sized:
        batch_size = 3

    with pytest.raises(SeqkitError, match="batch_size: expected 3, as the model was"):
        build(model=Sized())


def test_an_unknown_option_is_reported_with_all_else():
    with pytest.raises(ArgumentError, match="beam_size: unknown; did you mean"):
        translation.build(beam_size=5)


def test_a_cache_that_cannot_be_written_names_what_to_choose(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SeqkitError, match="file.*cache_dir= .*HF_HOME"):
        build(cache_dir=str(tmp_path / "file" / "cache"))


def test_an_integer_is_a_learning_rate():
    task = build(learning_rate=1, schedule="constant")
    assert type(task.options.learning_rate) is float
    task.fit(epochs=1, verbose=0)
