"""`--import`: parts of the user's own, for every command."""

import json
import sys

import pytest

from seqkit import cli
from seqkit.cli.imports import imports_first
from seqkit.errors import SeqkitError
from seqkit.registries import attention_scores, optimizers
from seqkit.task import load

PARTS = """
from seqkit.registries import optimizers

@optimizers.register("mine")
def mine(learning_rate, *, weight_decay, gradient_clip):
    ...
"""


@pytest.fixture
def parts(tmp_path, monkeypatch):
    (tmp_path / "my_parts.py").write_text(PARTS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(optimizers, "_parts", dict(optimizers._parts))
    yield tmp_path
    sys.modules.pop("my_parts", None)


def test_it_may_stand_anywhere():
    assert imports_first("predict run --import a.b --json --import=c".split()) == [
        *("--import", "a.b", "--import=c", "predict", "run", "--json")
    ]


@pytest.mark.parametrize(
    "words",
    [
        "--import my_parts train sentiment --help",
        "train sentiment --help --import my_parts",
        "schema sentiment --import=my_parts",
    ],
)
def test_parts_are_known_to_commands(parts, capfd, words):
    assert cli.main(words.split()) == 0
    assert "mine" in capfd.readouterr().out


def test_a_wrong_module(parts, capfd):
    assert cli.main(["schema", "sentiment", "--import", "absent.parts"]) == 2
    assert "--import absent.parts: expected a module" in capfd.readouterr().err


@pytest.mark.parametrize("option", ["optimizer", "schedule", "architecture"])
def test_a_saved_part_that_is_not_there(tmp_path, option):
    config = {"dataset": None, option: "mine"}
    document = {"format_version": 1, "recipe": "sentiment", "config": config}
    (tmp_path / "task.json").write_text(json.dumps(document))
    with pytest.raises(SeqkitError) as caught:
        load(tmp_path)
    text = str(caught.value)
    assert f"config.{option}: expected" in text and "found 'mine'" in text
    assert "--import MODULE" in text and "import it before seqkit.load" in text


def test_other_mistakes_of_a_saved_task_say_nothing_of_parts(tmp_path):
    config = {"dataset": None, "hidden_dim": 0}
    document = {"format_version": 1, "recipe": "sentiment", "config": config}
    (tmp_path / "task.json").write_text(json.dumps(document))
    with pytest.raises(SeqkitError) as caught:
        load(tmp_path)
    assert "--import" not in str(caught.value)
    assert "mine" not in attention_scores
