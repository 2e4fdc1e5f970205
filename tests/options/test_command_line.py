"""Words of a command become options, read as what the options take."""

from typing import Any, Literal

import pytest

from seqkit.errors import ArgumentError, SeqkitError
from seqkit.options import Count, Fraction, Options, option
from seqkit.options.command_line import help_rows, pair_up, read_pairs


class Build(Options):
    title = "Model"

    dataset: Any = option(None, "Data.")
    source: str = option("en", "Source.")
    target: str = option("de", "Target.")
    kind: Literal["lstm", "gru"] | None = option("lstm", "The model; null: none.")
    dropout: Fraction = option(0.1, "Fraction dropped.")
    share: bool = option(True, "Whether to share.")
    layers: Count | None = option(None, "Layers.")
    label: str | int | list[str] = option("label", "Column.")
    widths: list[Count] = option([3], "Widths.")

    def mistakes(self):
        if self.source == self.target:
            yield "source, target", f"expected two, found {self.source} twice"


class Fit(Options):
    title = "Training"

    epochs: Count | None = option(None, "Passes.")
    layers: Count | None = option(None, "Layers that are trained.")


class Evaluate(Options):
    num_beams: Count = option(5, "Beams.")


SECTIONS = {"build": Build, "fit": Fit, "evaluate": Evaluate}


def read(words, settings=(), **given):
    return read_pairs(pair_up(words, settings), SECTIONS, ("build", "fit"), given)


def test_options_are_sorted_and_read():
    words = "--target no --dropout=1e-1 --no-share --layers null --epochs 3"
    found = read([*words.split(), "--source", "12"], ["evaluate.num-beams=1"])
    assert found == {
        "build": dict(target="no", dropout=0.1, share=False, layers=None, source="12"),
        "fit": {"epochs": 3},
        "evaluate": {"num_beams": 1},
    }


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("--source no", "source", "no"),
        ("--source true", "source", "true"),
        ("--source 007", "source", "007"),
        ("--source 1e-3", "source", "1e-3"),
        ("--source 2024-01-01", "source", "2024-01-01"),
        ("--source 12:30", "source", "12:30"),
        ("--source=", "source", None),
        ("--source [a]", "source", "[a]"),
        ("--source {", "source", "{"),
        ("--source 'a'", "source", "a"),
        ("--source=a=b", "source", "a=b"),
        ("--source -1", "source", "-1"),
        ("--source #", "source", "#"),
        ("--source !!str", "source", "!!str"),
        ("--source &a", "source", "&a"),
        ("--source |", "source", "|"),
        ("--source ~", "source", None),
        ("--label 7", "label", 7),
        ("--label 007", "label", 7),
        ("--label '7'", "label", "7"),
        ("--label [a,b]", "label", ["a", "b"]),
        ("--widths [3,4]", "widths", [3, 4]),
        ("--share", "share", True),
        ("--share false", "share", False),
        ("--share=true", "share", True),
        ("--no-share", "share", False),
        ("--kind null", "kind", None),
        ("--kind ~", "kind", None),
        ("--layers 2", "layers", 2),
        ("--layers 1_000", "layers", 1000),
        ("--dropout -.0", "dropout", 0.0),
        ("--dropout 0", "dropout", 0),
        ("--dataset a/b", "dataset", "a/b"),
    ],
)
def test_values_are_read_as_what_the_option_takes(words, name, value):
    found = read(words.split())["build"][name]
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    "text", [" ", "\t", "#", " # ", "a #b", "- ", ": ", "a: b", ","]
)
def test_separators_are_the_text_itself(text):
    for words in (["--source", text], [f"--source={text}"]):
        assert read(words)["build"]["source"] == text


def test_what_takes_anything_needs_a_value():
    with pytest.raises(ArgumentError, match="--dataset: expected a value, found none"):
        read(["--dataset"])


def test_a_name_may_carry_its_section():
    assert read([], ["fit.layers=2", "layers=3"])["fit"] == {"layers": 2}
    assert read(["--fit.layers", "2"])["build"] == {}
    with pytest.raises(ArgumentError, match="--set fit.dropout: unknown option"):
        read([], ["fit.dropout=1"])
    with pytest.raises(ArgumentError, match="--set other.layers: unknown option"):
        read([], ["other.layers=1"])


@pytest.mark.parametrize(
    ("words", "settings", "message"),
    [
        (["more"], [], "more: expected an option, such as --name value"),
        (["--share", "--", "x"], [], "--: unknown option"),
        ([], ["target"], "--set target: expected NAME=VALUE"),
    ],
)
def test_words_that_are_no_options(words, settings, message):
    with pytest.raises(SeqkitError, match=message):
        read(words, settings)


def test_all_mistakes_together():
    words = "--archtecture lstm --dropout high --kind --no-layers --source a --target a"
    with pytest.raises(ArgumentError) as caught:
        read(words.split(), ["evaluate.num_beams=0"])
    *problems, listed = caught.value.problems
    assert sorted(problems) == [
        "--archtecture: unknown option",
        "--dropout: expected a number from 0 below 1, found 'high'",
        "--kind: expected 'lstm', 'gru' or null, found no value",
        "--no-layers: expected an integer from 1 or null, found no value",
        "--set evaluate.num_beams: expected an integer from 1, found '0'",
        "--source, --target: expected two, found a twice",
    ]
    assert listed.startswith("The options are: --dataset, --source") and (
        "--epochs" in listed
    )


def test_a_name_that_is_near_is_suggested():
    with pytest.raises(ArgumentError, match=r"--sorce: .*; did you mean --source\?"):
        read(["--sorce", "a"])


def test_values_set_elsewhere_count_in_conditions():
    with pytest.raises(ArgumentError, match="--source, --target: expected two"):
        read(["--source", "fr"], build={"target": "fr"})
    assert read(["--target", "it"], build={"source": "de"})["build"] == {"target": "it"}


def test_the_last_of_two_counts():
    assert read(["--layers", "1", "--layers", "2"])["build"] == {"layers": 2}


def test_help_has_a_heading_for_each_group():
    rows = list(help_rows(Build, ["dataset", "label", "widths", "layers"]))
    assert rows == [
        ("Model", ""),
        ("--source", "Source. Text, by default en."),
        ("--target", "Target. Text, by default de."),
        (
            "--kind",
            "The model; null: none. 'lstm', 'gru' or null, by default lstm.",
        ),
        ("--dropout", "Fraction dropped. A number from 0 below 1, by default 0.1."),
        ("--share", "Whether to share. True or false, by default true."),
    ]
