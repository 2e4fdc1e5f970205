"""`seqkit find-lr` and `seqkit plot-history`: figures, and files that are whole."""

import json

import pytest

import seqkit
from seqkit import cli
from tests import tiny

OPTIONS = [
    word
    for name, value in tiny.SENTIMENT.items()
    for word in (f"--{name.replace('_', '-')}", str(value))
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return str(tiny.sentiment_folder(tmp_path_factory.mktemp("data")))


def test_rates_are_tried_and_nothing_is_trained(data, tmp_path, capfd):
    plot = tmp_path / "rates.png"
    words = ["find-lr", "sentiment", "--dataset", data, "--steps", "12", *OPTIONS]
    assert cli.main([*words, "--json", "--plot", str(plot)]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["current"] == tiny.SENTIMENT["learning_rate"]
    assert len(found["rates"]) == len(found["losses"]) <= 12
    assert found["rates"][0] == pytest.approx(1e-5)
    assert plot.read_bytes()[:4] == b"\x89PNG"
    assert [one.name for one in tmp_path.iterdir()] == ["rates.png"]


def test_learning_curves_of_a_run(data, tmp_path, capfd):
    task = seqkit.recipes.sentiment.build(data, **tiny.SENTIMENT)
    task.history = {"loss": [2.0, 1.0], "val_loss": [2.0, 1.5]}
    task.save(tmp_path / "run")
    words = ["plot-history", str(tmp_path / "run")]
    assert cli.main([*words, str(tmp_path / "a.svg"), "--figure", "loss"]) == 0
    assert "<svg" in (tmp_path / "a.svg").read_text()
    assert cli.main([*words, str(tmp_path / "b.svg"), "--figure", "nonesuch"]) == 2
    assert "names: expected some of loss, found nonesuch" in capfd.readouterr().err
    assert {one.name for one in tmp_path.iterdir()} == {"run", "a.svg"}


@pytest.mark.parametrize(
    "words, said",
    [
        ("find-lr sentiment --plot a.doc", "ending in .png, .svg, .pdf, found .doc"),
        ("find-lr sentiment --plot no/a.png", "in a folder that exists"),
        ("plot-history run a", "found no ending"),
        ("find-lr sentiment --steps 3", "greater than or equal to 10"),
        ("find-lr sentiment --hidden-dim 0", "--hidden-dim: expected an integer"),
        ("find-lr --steps 20", "Usage: seqkit find-lr"),
        ("find-lr sentiment --lowest 1 --highest 0.1", "lowest, highest: expected"),
    ],
)
def test_wrong_words_are_refused_before_the_work(words, said, capfd, monkeypatch):
    monkeypatch.setattr("seqkit.runs.build", lambda *args: pytest.fail("it is built"))
    assert cli.main(words.split()) == 2
    captured = capfd.readouterr()
    assert said in captured.err or said in captured.out


def test_help_has_the_options_of_the_recipe(capfd):
    assert cli.main(["find-lr", "tagging", "--help"]) == 0
    shown = capfd.readouterr().out
    assert "--highest" in shown and "--word-dropout" in shown
    assert "--tensorboard" not in shown
