"""Cards are checked as a whole, and a run leaves a good result or none."""

import json
import sys
from pathlib import Path

import jsonschema
import pytest

from seqkit import cards, runs
from seqkit.errors import ArgumentError, SeqkitError
from seqkit.options.yaml import read_yaml
from seqkit.registries import recipes

CARDS = sorted((Path(__file__).parents[1] / "recipes").rglob("*.y*ml"))

pytestmark = pytest.mark.usefixtures("fake")


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
            "build: {target: no, dropout: 1e-1, num_layers: 2, widths: [8, 16]}\n"
            "fit:\n  epochs: 2\nevaluate:\n  split: [validation, test]\nresult: 35\n",
        )
    )
    assert card.build == dict(target="no", dropout=0.1, num_layers=2, widths=[8, 16])
    assert card.fit == {"epochs": 2} and card.seed == 3 and card.result == 35


def test_keys_with_nothing_after_them_count_as_left_out(tmp_path):
    text = "recipe: fake\nseed:\ndescription:\nbuild:\nfit:\nevaluate:\nresult:\n"
    assert cards.load_card(write(tmp_path, text)) == cards.Card("fake")


def test_all_mistakes_are_reported_together(tmp_path):
    path = write(
        tmp_path,
        "recipe: fake\nsead: 1\nseed: x\n"
        "build: {archtecture: lstm, dropout: high, share: 1, num_layers: true,\n"
        "        widths: [0], source: de}\n"
        "fit: {epochs: 1.5, checkpoint_dir: here}\n"
        "evaluate: {num_beams: [5], split: [1]}\n",
    )
    with pytest.raises(ArgumentError) as caught:
        cards.load_card(path)
    problems = caught.value.problems
    for part in (
        "sead: unknown; did you mean seed?",
        "seed: expected an integer from 0, found 'x'",
        "build.archtecture: unknown; did you mean architecture?",
        "build.dropout: expected a number from 0 below 1, found 'high'",
        "build.share: expected true or false, found 1",
        "build.num_layers: expected an integer from 1 or null, found True",
        "build.widths: expected a list, each of which is an integer from 1, found [0]",
        "build.source, target: expected two languages, found de twice",
        "build takes: dataset, name, ",
        "fit.epochs: expected an integer from 1 or null, found 1.5",
        "fit.checkpoint_dir: unknown",
        "evaluate.num_beams: expected an integer from 1, found [5]",
        "evaluate.split: expected text, a list, each of which is text or null, found "
        "[1]",
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
        ("recipe: my.module", "my.module: expected .* the colon and the class are mis"),
        ("recipe: [fake]", r"recipe: expected text, found \['fake'\]"),
        ("recipe: fake\nbuild: 3", "build: expected a mapping, found 3"),
        ("recipe: fake\nseed: true", "seed: expected an integer from 0, found True"),
        ("recipe: fake\nseed: -1", "seed: expected an integer from 0, found -1"),
        ("recipe: fake\ndescription: 3", "description: expected text, found 3"),
        ("recipe: fake\nseed: 1\nbuild: {seed: 2}", "given twice"),
        ("recipe: fake\nseed: 1\nseed: 2", "line 3: .*duplicate key.*seed"),
        ("recipe: fake\nbuild:\n  a: {b: 1,\n   b: 2}", "line 4: .*duplicate.*b"),
        ("recipe: {", "line 1"),
        ("recipe: !!python/name:os.system x", "line 1: .*tag"),
        ("recipe: fake\0", "special characters"),
        ("recipe: fake\n--- \nrecipe: fake", "line 2: .*another document"),
        ("recipe: fake\n1: 2", "1: unknown"),
        ("recipe: fake\nbuild: {1: 2}", "build.1: unknown"),
        ("recipe: fake\nbuild: {? [a] : 2}", "build.*: unknown"),
        ("recipe: os:path", "expected a subclass of seqkit.Task with the decorator"),
        ("recipe: os:nothing", "os:nothing: expected a recipe as package.module:Class"),
        ("recipe: no.such.module:Class", "no.such.module:Class: expected a recipe as"),
        ("recipe: ':'", ":: expected a recipe as package.module:Class"),
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


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.name)
def test_published_cards_fit_the_json_schema(path):
    contents = read_yaml(path.read_text(encoding="utf-8"), path)
    schema = cards.schema(recipes[contents["recipe"]])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(contents)


@pytest.mark.parametrize("name", [*recipes])
def test_the_published_json_schema_is_that_of_the_recipe(name):
    """If not: `seqkit schema NAME > recipes/NAME/schema.json`."""
    published = (CARDS[0].parents[1] / name / "schema.json").read_text("utf-8")
    assert json.loads(published) == cards.schema(recipes[name])


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.name)
def test_published_cards_name_their_schema(path):
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first == "# yaml-language-server: $schema=schema.json"


@pytest.mark.parametrize(
    "change",
    [
        {"recipe": "tagging"},
        {"sead": 1},
        {"seed": "x"},
        {"build": {"archtecture": "lstm"}},
        {"build": {"architecture": "lstms"}},
        {"build": {"optimizer": "adam"}},
        {"build": {"dropout": 1}},
        {"build": {"hidden_dim": 0}},
        {"build": {"hidden_dim": 2.5}},
        {"build": {"source": 3}},
        {"fit": {"epochs": 0}},
        {"fit": {"checkpoint_dir": "here"}},
        {"evaluate": {"split": [1]}},
        {"evaluate": {"num_beams": 0}},
        {"build": 3},
    ],
    ids=str,
)
def test_a_broken_card_does_not_fit_the_json_schema(change):
    right = {
        "recipe": "translation",
        "build": {"average_momentum": None, "optimizer": "sgd"},
        "fit": {"verbose": 2},
        "evaluate": {"split": ["validation", "test"], "lowercase": True},
    }
    validator = jsonschema.Draft202012Validator(cards.schema(recipes["translation"]))
    assert validator.is_valid(right)
    assert not validator.is_valid(right | change)


def test_the_json_schema_describes_every_option(fake):
    build = cards.schema(fake)["properties"]["build"]["properties"]
    assert list(build) == list(fake.Options.model_fields)
    assert build["dropout"] == {
        "description": "Fraction dropped in training. Default: 0.1; for the sample: "
        "0.2.",
        "type": "number",
        "minimum": 0,
        "exclusiveMaximum": 1,
    }


MODULE = """
import seqkit
from tests.fake import FakeTask

@seqkit.recipe("strange")
class Strange(FakeTask):
    built = []

class Plain(seqkit.Task):
    pass

class Nameless(Strange):
    pass
"""


def test_a_recipe_by_its_place(tmp_path, monkeypatch, fake):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "strange_recipe.py").write_text(MODULE)
    found = cards.find_recipe("strange_recipe:Strange")
    assert found.recipe == "strange" and recipes["strange"] is found
    path = write(tmp_path, "recipe: strange_recipe:Strange\nbuild: {target: fr}\n")
    card = cards.load_card(path)
    task, _ = runs.run_card(card)
    assert type(task) is found and task.options.target == "fr"
    for name in ("Plain", "Nameless", "seqkit"):
        with pytest.raises(SeqkitError, match="with the decorator @seqkit.recipe"):
            cards.find_recipe(f"strange_recipe:{name}")
    schema = jsonschema.Draft202012Validator(cards.schema(found))
    assert schema.is_valid(read_yaml(path.read_text(), path))
