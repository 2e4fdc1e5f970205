"""The checks of a recipe find faults, and all of them are reported together."""

import types
import unittest

import pytest

from seqkit.errors import SeqkitError
from seqkit.testing import RecipeChecks, check_recipe
from seqkit.testing.helpers import command, expect, expect_in, nearly, refusal


class Upper:
    """A stand-in for a trained task: it answers in capitals."""

    splits = {"train": [], "test": []}

    def __init__(self):
        self.options, self.train, self.results = object(), object(), {}
        self.history = {"loss": [2.0, 1.0], "val_loss": [2.0, 1.0]}

    def predict(self, inputs, batch_size=64):
        one = isinstance(inputs, str)
        return inputs.upper() if one else [text.upper() for text in inputs]

    def evaluate(self, split="test", *, dataset=None, batch_size=64):
        if split not in self.splits or dataset is not None:
            raise SeqkitError(f"split: expected train or test, found {split!r}")
        self.results[split] = {"accuracy": 0.5}
        return self.results[split]


class Sorting(Upper):
    def predict(self, inputs, batch_size=64):
        return sorted(super().predict(inputs))


class ByBatch(Upper):
    def predict(self, inputs, batch_size=64):
        return [f"{text} {batch_size}" for text in inputs]


class Lists(Upper):
    def predict(self, inputs, batch_size=64):
        return [
            text.upper() for text in ([inputs] if isinstance(inputs, str) else inputs)
        ]


class Guessing(Upper):
    def evaluate(self, split="test", *, dataset=None, batch_size=64):
        self.results[split] = {"accuracy": 1 / batch_size}
        return self.results[split]


class Borrowing(Upper):
    def evaluate(self, split="test", *, dataset=None, batch_size=64):
        if dataset is not None:
            self.options = object()
        return super().evaluate(split, dataset=dataset)


class Worse(Upper):
    def __init__(self):
        super().__init__()
        self.history = {"loss": [1.0, 1.5, 2.0]}


def checks(task):
    found = RecipeChecks("translation", None, ["b", "a", ""])
    vars(found).update(built=task, trained=task)
    return found


GOOD = [
    "fit",
    "training_lowers_the_loss",
    "predict_keeps_the_order",
    "predict_of_one",
    "predict_does_not_depend_on_the_batch_size",
    "evaluate",
    "evaluate_refuses_an_unknown_split",
    "a_lent_dataset_goes_back",
]


@pytest.mark.parametrize("name", GOOD)
def test_what_is_right_passes(name):
    checks(Upper()).run(name)


@pytest.mark.parametrize(
    ("name", "task", "message"),
    [
        ("fit", Worse, "val_loss"),
        ("predict_keeps_the_order", Sorting, "answers to reversed inputs"),
        ("predict_of_one", Lists, "answer to 'b' alone: expected 'B', found"),
        ("predict_does_not_depend_on_the_batch_size", ByBatch, "batch_size=1"),
        ("evaluate", Guessing, "scores with batch_size=3"),
        ("evaluate_refuses_an_unknown_split", Guessing, "expected a SeqkitError"),
        ("a_lent_dataset_goes_back", Borrowing, "options: expected the task's own"),
    ],
)
def test_a_fault_is_found(name, task, message):
    with pytest.raises(AssertionError, match=message):
        checks(task()).run(name)


def test_a_missing_figure_is_found():
    found = checks(Upper())
    found.metrics = {"bleu"}
    with pytest.raises(AssertionError, match="expected \\['bleu'\\]"):
        found.check_evaluate()


def test_what_does_not_apply_is_skipped():
    with pytest.raises(unittest.SkipTest, match="no attention"):
        checks(Upper()).check_attention()


def test_all_failures_are_reported_together(monkeypatch):
    def fails(self):
        raise ValueError("no good")

    def skips(self):
        raise unittest.SkipTest("not here")

    names = ["options", "fit", "build", "print"]
    monkeypatch.setattr(RecipeChecks, "names", lambda self: names)
    monkeypatch.setattr(RecipeChecks, "check_print", skips)
    for name in ("fit", "build"):
        monkeypatch.setattr(RecipeChecks, f"check_{name}", fails)
    with pytest.raises(
        ExceptionGroup, match="2 of 4 checks of .*Translation"
    ) as caught:
        check_recipe("translation")
    notes = [error.__notes__ for error in caught.value.exceptions]
    assert notes == [["in the check fit"], ["in the check build"]]
    names[1:3] = []
    expected = {"options": "passed", "print": "skipped: not here"}
    assert check_recipe("translation") == expected


def test_a_recipe_is_found_by_name_or_class():
    recipe = RecipeChecks("translation").recipe
    assert RecipeChecks(recipe).recipe is recipe
    place = "seqkit.recipes.translation:Translation"
    assert RecipeChecks(place).recipe is recipe
    with pytest.raises(SeqkitError, match="no such recipe"):
        RecipeChecks("nonesuch")


def test_helpers():
    expect("sum", 1 + 1, 2)
    with pytest.raises(AssertionError, match="sum: expected 3, found 2"):
        expect("sum", 2, 3)
    expect_in({"a": 1}, "a")
    with pytest.raises(AssertionError, match="expected \\['b'\\] in 'a'"):
        expect_in("a", "a", "b")
    assert refusal(int, "x", kind=ValueError).startswith("invalid literal")
    with pytest.raises(AssertionError, match="int: expected a SeqkitError"):
        refusal(int, "1")
    assert nearly({"a": [1.23456, 2]}) == {"a": [1.23, 2]}
    code, out, err = command("--version")
    assert code == 0 and out.strip() and not err
    assert command("nonesuch")[0] == 2


def test_the_room_lists_its_names():
    from seqkit import testing

    assert isinstance(testing, types.ModuleType)
    assert {"RecipeChecks", "check_layer", "check_recipe"} <= set(dir(testing))
    with pytest.raises(AttributeError, match="no attribute 'nonesuch'"):
        _ = testing.nonesuch
