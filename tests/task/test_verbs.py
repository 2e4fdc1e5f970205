"""The verbs: one input or many, datasets that are lent, options checked first."""

import pydantic
import pytest

from seqkit.errors import ArgumentError, SeqkitError
from seqkit.registries import recipes

OTHER = {"test": ["x", "y"]}


def test_one_input_has_one_result(fake):
    task = fake.build()
    assert task.predict("a", num_beams=1) == "A\r\n!"
    assert task.predict(["a", "b"], num_beams=1) == ["A\r\n!", "B\r\n!"]
    assert task.predict(iter(["a"]), num_beams=1) == ["A\r\n!"]
    assert task.predict([]) == []


def test_a_lent_dataset_goes_back_and_leaves_no_result(fake):
    task = fake.build()
    own = task.splits
    batches = task.of_data("key", lambda: "made")
    assert task.evaluate("test", dataset=OTHER)["bleu"]
    assert task.calls[-1] == ("evaluate", "test", 5, OTHER)
    assert task.results == {} and task.options.dataset is None
    assert task.splits is own
    assert task.of_data("key", lambda: "made again") is batches
    task.evaluate("test")
    assert list(task.results) == ["test"]


def test_a_lent_dataset_goes_back_after_an_error(fake):
    task = fake.build()
    with pytest.raises(RuntimeError, match="out of luck"):
        task.evaluate("broken", dataset=OTHER)
    assert task.options.dataset is None and list(task.splits) == ["train", "test"]
    with task.lent(OTHER):
        assert list(task.splits) == ["test"]
        assert task.of_data("key", lambda: "of the other") == "of the other"
    assert task.of_data("key", lambda: "own") == "own"


def test_nothing_is_lent_without_a_dataset(fake):
    task = fake.build()
    with task.lent(None):
        own = task.splits
    assert task.splits is own


def test_another_dataset_from_here_on(fake):
    task = fake.build()
    task.of_data("key", lambda: "old")
    assert task.use_dataset(OTHER) is task
    assert task.split("test") == ["x", "y"] and task.options.dataset == OTHER
    assert task.of_data("key", lambda: "new") == "new"


def test_an_unknown_split_names_those_that_there_are(fake):
    with pytest.raises(SeqkitError, match="expected one of train, test, found 'dev'"):
        fake.build().split("dev")
    with pytest.raises(SeqkitError, match="expected a train split, found test. Why"):
        fake.build(OTHER).train_split("Why")


def test_what_a_model_compiled_is_kept_for_this_model(fake):
    class Runner:
        def __init__(self, model):
            self.model = model

    task = fake.build()
    first = task.of_model("key", Runner)
    assert task.of_model("key", Runner) is first
    task.model = object()
    assert task.of_model("key", Runner) is not first


def test_wrong_options_of_verbs_are_reported_together(fake):
    task = fake.build()
    with pytest.raises(ArgumentError) as caught:
        task.predict(["a"], num_beams=0, batchsize=1)
    assert caught.value.problems == [
        "num_beams: expected an integer from 1, found 0",
        "batchsize: unknown; did you mean batch_size?",
    ]
    with pytest.raises(ArgumentError, match="num_beams: expected an integer from 1"):
        task.evaluate("test", num_beams=True)
    assert not [call for call in task.calls if call[0] in ("evaluate", "load")]


def test_options_are_frozen_and_config_is_a_copy(fake):
    task = fake.build()
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        task.options.target = "fr"
    task.config["target"] = "fr"
    assert task.options.target == task.config["target"] == "de"
    before = task.options
    task.settle({"target": "fr"})
    assert task.options.target == "fr" and before.target == "de"


def test_what_is_settled_is_checked_across_options(fake):
    with pytest.raises(ArgumentError, match="source, target: expected two languages"):
        fake.build().settle({"target": "en"})


WRONG = {
    "archtecture": "lstm",
    "learning_rate": 0,
    "dropout": -0.1,
    "hidden_dim": 250,
    "num_heads": 4,
    "architecture": "transformer",
    "jit_compile": True,
    "static_shapes": False,
    "seed": 1.5,
}


@pytest.mark.parametrize("name", list(recipes))
def test_all_that_is_wrong_with_a_call_is_said_before_any_work(name, monkeypatch):
    recipe = recipes[name]
    for step in ("load_examples", "learn", "network"):
        monkeypatch.setattr(recipe, step, lambda self: pytest.fail("work was done"))
    with pytest.raises(ArgumentError) as caught:
        recipe.build(**WRONG)
    problems = set(caught.value.problems)
    unknown = {
        "archtecture: unknown; did you mean architecture?",
        "learning_rate: expected a number above 0, found 0",
        "dropout: expected a number from 0 below 1, found -0.1",
        "hidden_dim, num_heads: expected a width that is a multiple of the heads, "
        "found 250 and 4",
        "seed: expected an integer from 0, found 1.5",
    }
    if "static_shapes" in recipe.Options.model_fields:
        unknown.add(
            "jit_compile, static_shapes: expected static_shapes with jit_compile, "
            "found false. XLA compiles again for every shape of a batch"
        )
    else:
        unknown.add("static_shapes: unknown")
    assert problems == unknown


def test_without_a_test_split_validation_is_scored_and_said(fake, capsys):
    task = fake.build({"train": ["a"], "validation": ["b"]})
    task.evaluate()
    assert list(task.results) == ["validation"]
    assert "no test split, so validation is scored" in capsys.readouterr().err
    task = fake.build()
    task.evaluate()
    assert list(task.results) == ["test"] and capsys.readouterr().err == ""


def test_a_bar_in_a_terminal_alone(monkeypatch, capsys):
    import sys

    from seqkit.training import Progress
    from tests.task.test_build import build

    task = build()
    task.fit(epochs=1)
    out = capsys.readouterr().out
    assert "\x1b" not in out and "\r" not in out and "\b" not in out
    assert out.count("\n") == 1 and " loss 0." in out
    seen = []
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        type(task.model), "fit", lambda self, *a, **k: seen.append(k["callbacks"])
    )
    task.fit(epochs=1)
    (found,) = seen
    callbacks = found.callbacks
    assert [one._wanted for one in callbacks if isinstance(one, Progress)] == [True]
