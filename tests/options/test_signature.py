"""Functions that take options show them as their own arguments."""

import inspect
from typing import Any, Literal

import pytest

from seqkit.options import Count, Options, by, option, unless
from seqkit.options.signature import describe, meaning, sign
from seqkit.registries import recipes


class Small(Options):
    title = "Model"

    dataset: Any = option(None, "Data.")
    kind: Literal["lstm", "gru"] = option("lstm", "The model.", sample="gru")
    layers: Count = option(by("kind", gru=2, otherwise=1), "Layers.")
    rows: Count | None = option(unless("tokens", 64), "Rows.")
    tokens: Count | None = option(None, "Tokens.")
    limit: Count | None = option(5, "Most; null: no limit.")
    form: Literal["tsv", "csv"] | None = option(None, "Form.")


def signed():
    def build(dataset=None, **options):
        return options

    first = inspect.Parameter("dataset", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sign(
        build,
        Small,
        """Builds.

        Args:
            dataset: Data.

        {options}

        Returns:
            A {brace}.
        """,
        leading=[first],
        leave_out=["dataset"],
    )


def test_the_signature():
    parameters = inspect.signature(signed()).parameters
    assert list(parameters) == list(Small.model_fields)
    assert parameters["kind"].default == "lstm"
    assert parameters["kind"].kind is inspect.Parameter.KEYWORD_ONLY
    assert parameters["limit"].default == 5
    # What depends on other options has no value of its own.
    assert parameters["layers"].default is parameters["rows"].default is None
    assert parameters["kind"].annotation == Literal["lstm", "gru"]


def test_the_docstring():
    doc = signed().__doc__
    assert doc.startswith("Builds.\n\nArgs:\n    dataset: Data.\n\n    Model:\n")
    assert "\n        kind: The model. 'lstm' or 'gru', by default lstm; for the" in doc
    assert doc.endswith("Returns:\n    A {brace}.")
    assert max(map(len, doc.splitlines())) <= 88


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dataset", "Data."),
        ("layers", "Layers. An integer from 1, by default 1; with kind gru: 2."),
        ("tokens", "Tokens. An integer from 1."),
        (
            "rows",
            "Rows. An integer from 1 or null, by default 64, unless tokens is given.",
        ),
        ("limit", "Most; null: no limit. An integer from 1 or null, by default 5."),
        ("form", "Form. 'tsv' or 'csv'."),
    ],
)
def test_meanings(name, text):
    assert meaning(Small, name) == text


def test_described_options_are_not_broken_in_words():
    assert all(len(part) <= 84 for line in describe(Small) for part in line.split("\n"))


@pytest.mark.parametrize("name", list(recipes))
def test_verbs_of_recipes_show_their_options(name):
    cls = recipes[name]
    build = inspect.signature(cls.build).parameters
    assert list(build)[:2] == ["dataset", "model"]
    assert set(build) == {"model", *cls.Options.model_fields}
    assert build["dataset"].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    module = inspect.getmodule(cls)
    assert module.build == cls.build and module.build.__module__ == module.__name__
    predict = inspect.signature(cls.predict).parameters
    assert list(predict) == ["self", "inputs", *cls.Predict.model_fields]
    evaluate = inspect.signature(cls.evaluate).parameters
    expected = ["self", "split", "dataset", *cls.Evaluate.model_fields]
    assert list(evaluate) == expected and evaluate["split"].default is None
    for verb, options in (
        (cls.build, cls.Options),
        (cls.predict, cls.Predict),
        (cls.evaluate, cls.Evaluate),
    ):
        assert "{options}" not in verb.__doc__
        for one in options.model_fields:
            assert f"{one}: " in verb.__doc__
