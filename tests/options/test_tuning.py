"""Ranges of a card are checked as a whole, before any work."""

import jsonschema
import pytest

from seqkit import cards
from seqkit.errors import ArgumentError
from seqkit.options.tuning import Range, range_mistakes, range_of
from seqkit.registries import recipes
from tests.tuning.quick import QuickOptions

RIGHT = [
    ("rate", {"low": 0, "high": 1}),
    ("rate", {"low": 0.1, "high": 1, "log": True}),
    ("rate", {"low": 0.0, "high": 1.0, "step": 0.25}),
    ("size", {"low": 1, "high": 100, "log": True}),
    ("size", {"choices": [1, 2]}),
    ("num_layers", {"choices": [None, 2]}),
    ("share", {"choices": [True, False]}),
    ("widths", {"choices": [[3], [3, 4]]}),
    ("architecture", {"choices": ["lstm", "transformer"]}),
]
WRONG = [
    ("rat", {"low": 0, "high": 1}, "unknown; did you mean rate?"),
    ("dataset", {"choices": ["a"]}, "cannot be tuned"),
    ("rate", [1, 2], "expected {choices"),
    ("rate", {}, "expected {choices"),
    ("rate", {"low": 0}, "expected {choices"),
    ("rate", {"low": 0, "hgih": 1}, "expected {choices"),
    ("rate", {"choices": [], "low": 1}, "expected {choices"),
    ("rate", {"choices": []}, "expected {choices"),
    ("rate", {"choices": [0.1, "x", -1]}, "found 'x'"),
    ("rate", {"choices": [0.1, 0.1]}, "choices that differ"),
    ("rate", {"low": 1, "high": 0}, "low below high"),
    ("rate", {"low": -1, "high": 0}, "expected a number from 0, found -1"),
    ("rate", {"low": 0, "high": 1, "log": True}, "low above 0"),
    ("rate", {"low": 0.1, "high": 1, "log": True, "step": 0.1}, "no step with log"),
    ("rate", {"low": 0.1, "high": 1, "log": 1}, "true or false log"),
    ("rate", {"low": 0.1, "high": 1, "step": 0}, "a step above 0"),
    ("rate", {"low": "a", "high": 1}, "expected numbers"),
    ("size", {"low": 0.5, "high": 1}, "expected integers"),
    ("size", {"low": False, "high": 1}, "expected integers"),
    (
        "share",
        {"low": False, "high": True},
        "expected choices, since it is true or fal",
    ),
    ("architecture", {"low": 1, "high": 2}, "expected choices"),
    ("dropout", {"low": 0, "high": 1}, "below 1, found 1"),
    (3, {"low": 1, "high": 2}, "unknown"),
]


@pytest.mark.parametrize(("name", "given"), RIGHT, ids=str)
def test_right_ranges(name, given):
    assert range_mistakes(QuickOptions, name, given) == []
    found = range_of(QuickOptions, name, given)
    assert found.holds(given["choices"][0] if "choices" in given else given["low"])


@pytest.mark.parametrize(("name", "given", "message"), WRONG, ids=str)
def test_wrong_ranges(name, given, message):
    found = range_mistakes(QuickOptions, name, given)
    assert found and all(one.startswith(f"{name}: ") for one in found)
    assert message in found[0]


def test_numbers_are_those_of_the_option():
    assert range_of(QuickOptions, "rate", {"low": 0, "high": 1}) == Range(
        None, 0.0, 1.0
    )
    assert type(range_of(QuickOptions, "rate", {"low": 0, "high": 1}).low) is float
    assert type(range_of(QuickOptions, "size", {"low": 0, "high": 1}).low) is int


def test_true_is_not_one():
    assert not Range(choices=[1]).holds(True) and not Range(low=0, high=2).holds(True)


def test_all_mistakes_of_a_card_come_together():
    tune = {
        "metrik": "f1",
        "direction": "up",
        "build": {"hidden_dm": {"choices": [1]}, "dropout": {"low": 0, "high": 1}},
        "fit": 3,
        "evaluate": {"split": {"choices": ["test"]}},
    }
    contents = {"recipe": "sentiment", "build": {"hidden_dim": 0}, "tune": tune}
    with pytest.raises(ArgumentError) as caught:
        cards.make_card(contents, "card.yaml")
    for part in (
        "build.hidden_dim: expected",
        "tune.metrik: unknown; did you mean metric?",
        "tune.direction: expected 'maximize', 'minimize' or null, found 'up'",
        "tune.build.hidden_dm: unknown; did you mean hidden_dim?",
        "tune.build.dropout: expected a number from 0 below 1, found 1",
        "tune.fit: expected a mapping, found 3",
        "tune.evaluate.split: cannot be tuned: trials are compared on validation",
    ):
        assert any(part in one for one in caught.value.problems), part


@pytest.mark.parametrize("tune", [3, {"metric": "f1"}, {"build": {}}], ids=str)
def test_a_section_without_ranges(tune):
    with pytest.raises(ArgumentError, match="tune: expected"):
        cards.make_card({"recipe": "sentiment", "tune": tune}, "card.yaml")


@pytest.mark.parametrize("recipe", [*recipes])
def test_the_schema_takes_what_is_right(recipe):
    validator = jsonschema.Draft202012Validator(cards.schema(recipes[recipe]))
    ranges = {
        "batch_size": {"choices": [8, 16]},
        "learning_rate": {"low": 1e-4, "high": 1e-2, "log": True},
        "hidden_dim": {"low": 8, "high": 64, "step": 8},
    }
    right = {"recipe": recipe, "tune": {"metric": "x", "build": ranges}}
    assert validator.is_valid(right)
    for wrong in (
        {"metrik": "x"},
        {"build": {"hidden_dm": {"choices": [1]}}},
        {"build": {"hidden_dim": [1, 2]}},
        {"build": {"hidden_dim": {"choices": []}}},
        {"build": {"hidden_dim": {"low": 1}}},
        {"build": {"hidden_dim": {"low": 1, "high": 2, "choices": [1]}}},
        {"build": {"optimizer": {"low": 1, "high": 2}}},
        {"build": {"dataset": {"choices": ["a"]}}},
        {"sampler": "grid"},
    ):
        assert not validator.is_valid({"recipe": recipe, "tune": wrong}), wrong
