"""Options: checked, frozen, with defaults filled in, all mistakes at once."""

import copy
import pickle
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pydantic
import pytest

from seqkit.errors import ArgumentError
from seqkit.options import (
    Count,
    Default,
    Fraction,
    NotNegative,
    OneOf,
    Options,
    Positive,
    Seed,
    Steps,
    by,
    option,
    same_as,
    unless,
)
from seqkit.options.options import brief, spell
from seqkit.registry import Registry

parts = Registry("part", "test_parts", {"one": 1, "two": 2})


class Source(Options):
    title = "Data"

    dataset: Any = option(None, "Data; none is the sample.")
    seed: Seed = option(0, "Seed.")


class Network(Options):
    title = "Model"

    kind: Literal["lstm", "transformer"] = option("lstm", "The model.")
    layers: Count = option(by("kind", transformer=3, otherwise=1), "Layers.")
    width: Count = option(256, "Width.", sample=64)
    dropout: Fraction = option(0.1, "Fraction dropped.")
    input_dropout: Fraction = option(same_as("dropout"), "Fraction of the inputs.")
    limit: Count | None = option(5, "Most; null: no limit.")
    scale: Positive | None = option(None, "Scale, if there is one.")

    def mistakes(self):
        yield from super().mistakes()
        if self.kind == "transformer" and self.width % 2:
            yield "kind, width", f"expected an even width, found {self.width}"


class Training(Options):
    title = "Training"

    rows: Count | None = option(unless("tokens", 64), "Rows per batch.")
    tokens: Count | None = option(None, "Tokens per batch.")
    weights: list[NotNegative] = option([1.0], "Weights.")
    part: Annotated[str, OneOf(parts)] = option("one", "A part.")
    steps: Steps = option(0, "Steps.")
    verbose: bool = option(True, "Whether to talk.")
    name: str | int | None = option(None, "A name or number.")

    def mistakes(self):
        yield from super().mistakes()
        if self.rows is not None and self.tokens is not None:
            yield "rows, tokens", "expected one of them, found both"


class Whole(Training, Network, Source):
    """Groups joined, with a default of its own and an option of its own."""

    title = "Own"

    length: Count = option(9, "Length.")
    steps: Steps = option(3)
    defaults = {"dropout": Default(0.3, sample=0.0), "rows": Default(32)}


def test_defaults_are_filled_in():
    found = Network.settle({})
    assert found.layers == 1 and found.limit == 5 and found.scale is None
    assert Network.settle({"kind": "transformer"}).layers == 3
    assert Network.settle({"kind": "transformer", "layers": 2}).layers == 2


def test_a_default_may_be_that_of_another_option():
    assert Network.settle({}).input_dropout == 0.1
    assert Network.settle({"dropout": 0.5}).input_dropout == 0.5
    assert Network.settle({"dropout": 0.5, "input_dropout": 0.0}).input_dropout == 0
    assert Whole.settle({"dataset": "a"}).input_dropout == 0.3
    assert Whole.settle({}).input_dropout == 0


def test_defaults_for_the_sample():
    assert Network.settle({}).width == 64
    assert Whole.settle({}).width == 64 and Whole.settle({}).dropout == 0
    found = Whole.settle({"dataset": "folder"})
    assert (found.width, found.dropout, found.steps) == (256, 0.3, 3)


def test_a_default_unless_another_option_is_given():
    assert Training.settle({}).rows == 64
    found = Training.settle({"tokens": 100})
    assert found.rows is None and found.tokens == 100
    assert Training.settle({"tokens": None}).rows == 64
    assert Training.problems({"tokens": 100, "rows": 3}) == [
        "rows, tokens: expected one of them, found both"
    ]


def test_none_leaves_a_default_unless_it_is_a_value_of_its_own():
    found = Network.settle({"layers": None, "dropout": None, "limit": None})
    assert (found.layers, found.dropout, found.limit) == (1, 0.1, None)
    assert Network.problems({"kind": None}) == []


def test_options_are_frozen():
    found = Network.settle({})
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        found.layers = 2
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        found.other = 2
    assert found.layers == 1


def test_a_default_list_is_not_shared():
    first = Training.settle({})
    first.weights.append(9.0)
    assert Training.settle({}).weights == [1.0]


def test_all_mistakes_together():
    values = {"kind": "transformr", "layers": 0, "dropout": -0.1, "lyers": 1}
    with pytest.raises(ArgumentError) as caught:
        Whole.settle({**values, "rows": 1, "tokens": 1}, where="build.")
    assert sorted(caught.value.problems) == [
        "build.dropout: expected a number from 0 below 1, found -0.1",
        "build.kind: expected 'lstm' or 'transformer', found 'transformr'",
        "build.layers: expected an integer from 1, found 0",
        "build.lyers: unknown; did you mean layers?",
        "build.rows, tokens: expected one of them, found both",
    ]


def test_a_condition_on_a_wrong_option_is_left_out():
    values = {"kind": "transformer", "width": 7}
    assert Network.problems(values) == ["kind, width: expected an even width, found 7"]
    assert Network.problems({**values, "width": "wide"}) == [
        "width: expected an integer from 1, found 'wide'"
    ]


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("layers", 1, True),
        ("layers", np.int64(2), True),
        ("layers", 1.0, False),
        ("layers", True, False),
        ("layers", "1", False),
        ("layers", 2**31, False),
        ("dropout", 0, True),
        ("dropout", np.float32(0.5), True),
        ("dropout", 1.0, False),
        ("dropout", True, False),
        ("dropout", float("nan"), False),
        ("dropout", "0.1", False),
        ("scale", 0, False),
        ("scale", float("inf"), False),
        ("scale", 1e-9, True),
        ("limit", None, True),
        ("scale", None, False),  # it leaves the default, so is no value of its own
        ("weights", [0, 0.5], True),
        ("weights", (0, 0.5), True),
        ("weights", [-1], False),
        ("weights", 1.0, False),
        ("weights", [], True),
        ("part", "two", True),
        ("part", "three", False),
        ("part", 1, False),
        ("steps", 0, True),
        ("steps", -1, False),
        ("verbose", False, True),
        ("verbose", 1, False),
        ("verbose", np.bool_(True), True),
        ("name", "a", True),
        ("name", Path("a"), True),
        ("name", 3, True),
        ("name", 0.5, False),
        ("seed", 2**32 - 1, True),
        ("seed", 2**32, False),
        ("dataset", object(), True),
    ],
)
def test_values_suit_options(name, value, right):
    assert Whole.accepts(name, value) is right


def test_paths_tuples_and_numpy_scalars_become_plain_values():
    found = Whole.settle(
        {"name": Path("a/b"), "weights": (1, 2), "layers": np.int32(4)}
    )
    assert found.name == "a/b" and found.weights == [1, 2]
    assert type(found.layers) is int


def test_groups_are_by_the_class_that_declares_first():
    assert Whole.groups() == {
        "Data": ["dataset", "seed"],
        "Own": ["length"],
        "Model": list(Network.model_fields),
        "Training": list(Training.model_fields),
    }


def test_groups_of_a_class_without_a_heading_are_in_order():
    class Plain(Training, Network, Source):
        """Nothing of its own."""

    assert list(Plain.groups()) == ["Data", "Model", "Training"]
    assert list(Options.groups()) == []


def test_what_a_class_changes_keeps_its_sentence():
    assert Whole.meaning("steps") == "Steps."
    assert Whole.meaning("dropout") == "Fraction dropped."
    assert str(Whole.declared("dropout")) == "0.3; for the sample: 0.0"
    assert str(Network.declared("layers")) == "1; with kind transformer: 3"
    assert str(Training.declared("rows")) == "64, unless tokens is given"


def test_a_default_for_an_option_declared_again():
    class Again(Whole):
        dropout: Fraction = option(0.7)
        defaults = {"steps": 5}

    assert Again.settle({"dataset": "a"}).dropout == 0.7
    assert Again.settle({}).steps == 5


def test_a_name_that_is_registered_later_is_known(monkeypatch):
    monkeypatch.setattr(parts, "_parts", dict(parts._found()))
    assert Training.expected("part") == "'one' or 'two'"
    parts.register("three", 3)
    assert Training.settle({"part": "three"}).part == "three"
    assert Training.expected("part") == "'one', 'two' or 'three'"


def test_circular_defaults_end():
    class Circle(Options):
        one: int | None = option(same_as("other"), "One.")
        other: int | None = option(same_as("one"), "Other.")

    assert Circle.settle({}).one is None
    assert Circle.settle({"one": 3}).other == 3


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({}, "anything"),
        ({"type": "integer"}, "an integer"),
        (
            {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            "a number above 0 up to 1",
        ),
        ({"enum": ["a", 1, None]}, "'a', 1 or null"),
        ({"const": "a"}, "'a'"),
        ({"type": "array", "items": {}}, "a list"),
        ({"type": "array"}, "a list"),
        ({"type": "object"}, "a mapping"),
        ({"type": "boolean"}, "true or false"),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, "true, false or null"),
        (
            {"type": "array", "items": {"type": "boolean"}},
            "a list, each of which is true or false",
        ),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text or null"),
        ({"anyOf": [{"type": "null"}, {"type": "null"}]}, "null"),
    ],
)
def test_schemas_in_words(schema, words):
    assert spell(schema) == words


def test_a_bound_is_told_to_who_exceeds_it():
    assert Whole.expected("seed") == "an integer from 0"
    assert Whole.problems({"seed": 2**40, "layers": 2**31}) == [
        "seed: expected an integer from 0 below 4294967296, found 1099511627776",
        "layers: expected an integer from 1 up to 2147483647, found 2147483648",
    ]


def test_long_values_are_cut():
    assert brief("a" * 200) == "'" + "a" * 79 + "…"


def test_defaults_are_those_of_options():
    with pytest.raises(TypeError, match="'sed'; did you mean seed"):

        class Misspelt(Source):
            defaults = {"sed": 1}


def test_an_option_that_is_not_declared_is_named():
    options = Source.settle({})
    with pytest.raises(
        AttributeError, match="sed: no such option in Source; did you m"
    ):
        options.sed  # noqa: B018
    assert getattr(options, "architecture", None) is None
    assert pickle.loads(pickle.dumps(options)) == copy.deepcopy(options) == options
