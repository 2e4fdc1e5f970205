"""Cards are checked as a whole, and a run leaves a good result or none."""

import sys
import types
from pathlib import Path
from typing import Literal

import pytest

from seqkit.errors import SeqkitError
from seqkit.recipes import cards
from seqkit.recipes._arguments import ArgumentError, arguments, suits
from seqkit.recipes._options import describe, pair_up, settle
from seqkit.recipes._yaml import read_yaml

CARDS = sorted((Path(__file__).parents[2] / "recipes").rglob("*.y*ml"))


class FakeTask:
    """Records what it was asked to do."""

    def __init__(self, **options):
        self.calls = [("build", options)]

    def fit(self, epochs: int = 1, *, checkpoint_dir=None, resume: bool = False):
        if checkpoint_dir is not None:
            Path(checkpoint_dir).mkdir(parents=True, exist_ok=True)
        self.calls.append(("fit", epochs, checkpoint_dir, resume))

    def evaluate(self, split: str = "test", *, num_beams: int = 5) -> dict:
        self.calls.append(("evaluate", split, num_beams))
        return {"bleu": 12.5}

    def save(self, folder):
        Path(folder).mkdir(parents=True)
        (Path(folder) / "task.json").write_text("{}")


def build(
    dataset=None,
    *,
    source: str = "en",
    target: str = "de",
    architecture: Literal["lstm", "transformer"] = "transformer",
    dropout: float = 0.1,
    num_layers: int | None = None,
    share: bool = True,
    buckets: "list[int] | None" = None,
    seed: int = 0,
) -> FakeTask:
    return FakeTask(**locals())


@pytest.fixture(autouse=True)
def fake_recipe(monkeypatch):
    module = types.ModuleType("seqkit.recipes.fake")
    module.build = build
    monkeypatch.setitem(sys.modules, "seqkit.recipes.fake", module)
    names = sorted(["fake", *cards.recipe_names()])
    monkeypatch.setattr(cards, "recipe_names", lambda: names)


def write(folder, text):
    path = folder / "card.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.name)
def test_published_cards_are_right(path):
    card = cards.load_card(path)
    assert card.description, "a card says what it is for"
    assert card.seed is not None, "a published run is reproducible"


def test_a_right_card(tmp_path):
    card = cards.load_card(
        write(
            tmp_path,
            "recipe: fake\ndescription: small\nseed: 3\n"
            "build: {target: no, dropout: 1e-1, num_layers: 2, buckets: [8, 16]}\n"
            "fit:\n  epochs: 2\nevaluate:\n  split: [validation, test]\nresult: 35\n",
        )
    )
    assert card.build == dict(target="no", dropout=0.1, num_layers=2, buckets=[8, 16])
    assert card.fit == {"epochs": 2} and card.seed == 3 and card.result == 35


def test_all_mistakes_are_reported_together(tmp_path):
    path = write(
        tmp_path,
        "recipe: fake\nsead: 1\nseed: x\n"
        "build: {archtecture: lstm, dropout: high, share: 1, num_layers: true}\n"
        "fit: {epochs: 1.5, checkpoint_dir: here}\n"
        "evaluate: {num_beams: [5], split: [1]}\n",
    )
    with pytest.raises(ArgumentError) as caught:
        cards.load_card(path)
    problems = caught.value.problems
    for part in (
        "sead: unknown; did you mean seed?",
        "seed: expected an integer",
        "build.archtecture: unknown; did you mean architecture?",
        "build.dropout: expected a number, found 'high'",
        "build.share: expected true or false, found 1",
        "build.num_layers: expected an integer or null, found True",
        "fit.epochs: expected an integer, found 1.5",
        "fit.checkpoint_dir: unknown",
        "evaluate.num_beams: expected an integer, found [5]",
        "evaluate.split: expected text, found 1",
    ):
        assert any(part in problem for problem in problems), part
    assert all(str(path) in problem for problem in problems)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "expected a mapping with the key recipe"),
        ("- a", "expected a mapping with the key recipe"),
        ("build: {}", "expected a mapping with the key recipe"),
        ("recipe: fak", "no such recipe; did you mean fake?"),
        ("recipe: cards", "no such recipe"),
        ("recipe: [fake]", "no such recipe"),
        ("recipe: fake\nbuild: 3", "build: expected a mapping"),
        ("recipe: fake\nseed: 1\nbuild: {seed: 2}", "given twice"),
        ("recipe: fake\nseed: 1\nseed: 2", "line 3: .*'seed' twice"),
        ("recipe: fake\nbuild:\n  a: {b: 1,\n   b: 2}", "line 4: .*'b' twice"),
        ("recipe: {", "line 1"),
        ("recipe: !!python/name:os.system x", "line 1: .*tag"),
        ("recipe: fake\0", "special characters"),
        ("1: 2", "expected a name, found 1"),
    ],
)
def test_a_wrong_card_says_where(tmp_path, text, part):
    path = write(tmp_path, text)
    with pytest.raises(SeqkitError, match=part) as caught:
        cards.load_card(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_a_card_that_is_no_file(tmp_path, name):
    with pytest.raises(SeqkitError, match="expected a recipe card"):
        cards.load_card(tmp_path / name)


def test_a_card_that_is_not_utf8(tmp_path):
    (tmp_path / "card.yaml").write_bytes(b"recipe: \xff")
    with pytest.raises(SeqkitError, match="not UTF-8"):
        cards.load_card(tmp_path / "card.yaml")


def test_run_builds_trains_evaluates_and_saves(tmp_path):
    card = cards.Card("fake", build={"target": "fr"}, fit={"epochs": 2}, seed=7)
    card.evaluate.update(split=["validation", "test"], num_beams=1)
    out, said = tmp_path / "runs" / "a", []
    task, metrics = cards.run_card(card, dataset="d", out=out, announce=said.append)
    (_, options), fit, *evaluated = task.calls
    assert (options["dataset"], options["target"], options["seed"]) == ("d", "fr", 7)
    assert fit == ("fit", 2, str(tmp_path / "runs" / "a.training"), False)
    assert evaluated == [("evaluate", "validation", 1), ("evaluate", "test", 1)]
    assert metrics == {"validation": {"bleu": 12.5}, "test": {"bleu": 12.5}}
    assert [path.name for path in out.parent.iterdir()] == ["a"]
    assert said[-1] == f"Saved {out}"


def test_out_that_holds_other_things_is_refused_before_the_work(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    (tmp_path / "file").write_text("")
    for out in (tmp_path, tmp_path / "file", tmp_path / "file" / "inner"):
        with pytest.raises(SeqkitError, match="expected a"):
            cards.run_card(cards.Card("fake", build={"none": "such"}), out=out)


def test_an_interrupted_run_is_neither_lost_nor_mixed_up(tmp_path):
    out = tmp_path / "run"
    with pytest.raises(SeqkitError, match="no interrupted run"):
        cards.check_out(out, resume=True)
    (tmp_path / "run.training").mkdir()
    (tmp_path / "run.training" / "checkpoint").touch()
    with pytest.raises(SeqkitError, match="--resume"):
        cards.check_out(out)
    task, _ = cards.run_card(cards.Card("fake"), out=out, resume=True)
    assert task.calls[-1][-1] is True
    assert (out / "task.json").exists() and not (tmp_path / "run.training").exists()


def test_recipes_are_listed_without_helpers(monkeypatch):
    monkeypatch.undo()
    assert "translation" in cards.recipe_names()
    assert not {"cards", "_yaml"} & set(cards.recipe_names())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("true", True),
        ("007", "007"),
        ("1e-3", 0.001),
        ("-.5", -0.5),
        ("1_000", 1000),
        ("2024-01-01", "2024-01-01"),
        ("12:30", "12:30"),
        ("~", None),
        ("", None),
    ],
)
def test_plain_values_are_yaml_1_2(text, value):
    read = read_yaml(text, "here")
    assert read == value and type(read) is type(value)


@pytest.mark.parametrize(
    ("value", "annotation", "right"),
    [
        (1, float, True),
        (True, float, False),
        (1.0, int, False),
        ("a", str | Path, True),
        (["a"], list[str], True),
        ([1], list[str], False),
        ([1, 2], tuple[int, int], True),
        ([1], tuple[int, int], False),
        ([1, 2, 3], tuple[int, ...], True),
        ({"a": 1}, dict[str, int], True),
        (1, Literal[1, "a"], True),
        (True, Literal[1, "a"], False),
        ("a", FakeTask, False),
    ],
)
def test_values_suit_annotations(value, annotation, right):
    assert suits(value, annotation) is right


def test_annotations_that_cannot_be_resolved_accept_anything():
    def function(a: "Unknown", b=1, *args, **kwargs):  # noqa: F821
        pass

    known = arguments(function)
    assert list(known) == ["a", "b"]
    assert suits(object(), known["a"].annotation) and known["b"].annotation is int


def test_options_are_read_by_their_annotations():
    sections = cards.recipe_arguments("fake")
    words = "--target no --dropout=1e-1 --no-share --num-layers null --epochs 3"
    pairs = pair_up([*words.split(), "--source", "12"], ["evaluate.num_beams=1"])
    assert settle(pairs, sections, plain=("build", "fit")) == {
        "build": dict(
            target="no", dropout=0.1, share=False, num_layers=None, source="12"
        ),
        "fit": {"epochs": 3},
        "evaluate": {"num_beams": 1},
    }
    assert "--architecture  'lstm' or 'transformer' (default" in describe(sections)


def test_wrong_options_are_reported_together():
    sections = cards.recipe_arguments("fake")
    pairs = pair_up(["--archtecture", "lstm", "--dropout", "high", "--seed"])
    with pytest.raises(ArgumentError) as caught:
        settle(pairs, sections, plain=("build", "fit"))
    unknown, high, seed, listed = caught.value.problems
    assert unknown == "--archtecture: unknown option; did you mean --architecture?"
    assert high == "--dropout: expected a number, found 'high'"
    assert seed == "--seed: expected an integer, found no value"
    assert "--num-layers" in listed
