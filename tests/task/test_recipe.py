"""The decorator that makes a task a recipe, inside seqkit or in another package."""

import inspect
from importlib import metadata
from typing import Any

import pytest

import seqkit
from seqkit.data import Splits
from seqkit.errors import SeqkitError
from seqkit.registries import recipes
from seqkit.task import LabelTask, Task, TextTask, TextToTextTask
from tests.fake import FakeTask


def test_a_recipe_is_registered_with_its_verbs(registered):
    class Summaries(FakeTask):
        """A long text in, a short one out.

        In some detail.

        Attributes:
            tokenizer: One.
        """

    found = registered("summaries", Summaries)
    assert found is Summaries and recipes["summaries"] is Summaries
    assert Summaries.recipe == "summaries" and "summaries" in recipes
    doc = Summaries.build.__doc__
    assert doc.strip().startswith("A long text in, a short one out.\n\nIn some detail.")
    assert "tokenizer: One" not in doc and "`Summaries`." in doc
    assert Summaries.build.__qualname__.endswith("Summaries.build")
    assert "dropout" in inspect.signature(Summaries.build).parameters
    # What it inherits from keeps its own.
    assert "dropout" not in inspect.signature(FakeTask.build).parameters
    assert getattr(FakeTask, "recipe", None) is None


def test_a_subclass_builds_itself(registered):
    class Parent(FakeTask):
        """One."""

    class Child(registered("parent", Parent)):
        """Another, without a name of its own."""

    assert type(Child.build()) is Child and type(Parent.build()) is Parent


def test_a_verb_of_its_own_stays(registered):
    class Own(FakeTask):
        """With a verb of its own."""

        def predict(self, inputs):
            """What it says."""
            return "own"

    task = registered("own", Own).build()
    assert task.predict(["a"]) == "own" and Own.predict.__doc__ == "What it says."
    assert "num_beams" in inspect.signature(Own.evaluate).parameters


def test_what_evaluate_takes_is_described(registered):
    class Scored(FakeTask):
        """Scores that say nothing of their arguments."""

        def scores(self, split, options):
            """Scores a split.

            Returns:
                `bleu`.
            """

    doc = registered("scored", Scored).evaluate.__doc__
    parts = ["Scores a split.", "Args:", "split: Name", "dataset: ", "Returns:"]
    assert [part for part in parts if part in doc] == parts
    assert doc.count("Args:") == 1


@pytest.mark.parametrize("base", [Task, TextTask, LabelTask, TextToTextTask])
def test_a_method_that_is_missing_is_named(base):
    with pytest.raises(NotImplementedError, match=f"{base.__name__}.load_examples: "):
        base.build()


def test_what_a_method_must_return_is_said():
    class Wrong(Task):
        examples: Any = Splits({"train": []}, origin="a test")

        def load_examples(self):
            return self.examples

        def network(self):
            return None

    with pytest.raises(SeqkitError, match="Wrong.network: .* a built keras.Model, fou"):
        Wrong.build()
    Wrong.examples = {"train": []}
    with pytest.raises(SeqkitError, match="Wrong.load_examples: .*Splits, found {'tr"):
        Wrong.build()


def test_a_function_that_a_task_runs_is_not_taken_for_another():
    task = TextTask(TextTask.Options.settle({"tokenizer_type": "byte"}))
    task.learn()
    task.model = None
    for number in (1, 2):
        ones = task.run(
            lambda x, n=number: x["token_ids"][:, 0] * 0 + n, ["ab", "c"], 2
        )
        assert [int(one) for one in ones] == [number] * 2


def test_a_base_has_the_options_that_it_reads():
    expected = {"multi_label", "label_smoothing", "class_weight", "monitor"}
    assert expected | {"max_length"} <= set(LabelTask.Options.model_fields)


def test_a_name_stands_for_one_recipe(registered):
    class Translation(FakeTask):
        """Another one."""

    with pytest.raises(SeqkitError, match="'translation': expected a new name"):
        registered("translation", Translation)
    assert getattr(Translation, "recipe", None) is None


def test_what_a_module_defines_when_run_again_replaces_itself(registered):
    def define():
        class Again(FakeTask):
            """Defined in a notebook's cell."""

        return registered("again", Again)

    first, second = define(), define()
    assert first is not second and recipes["again"] is second


def test_a_recipe_of_an_installed_package(registered, monkeypatch):
    point = metadata.EntryPoint("fakes", "tests.fake:FakeTask", "seqkit.recipes")
    monkeypatch.setattr(recipes, "_searched", False)
    monkeypatch.setattr(
        metadata, "entry_points", lambda group: [point] * (group == point.group)
    )
    assert "fakes" in recipes and recipes["fakes"] is FakeTask


def test_a_task_says_what_it_lacks():
    @seqkit.recipe("hollow")
    class Hollow(seqkit.Task):
        """Nothing."""

    try:
        task = Hollow(Hollow.Options.settle({}))
        with pytest.raises(
            SeqkitError, match="expected a recipe that exports, found h"
        ):
            task.signatures(True)
        with pytest.raises(NotImplementedError):
            Hollow.build()
    finally:
        del recipes._parts["hollow"]
