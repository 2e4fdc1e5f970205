"""Options for a kind of device."""

import pytest

from seqkit import cards, cli
from seqkit.cards import Card, make_card, with_preset
from seqkit.errors import ArgumentError
from seqkit.options.presets import GENERAL

OWN = {"gpu": {"build": {"batch_size": 128, "dropout": 0.1}, "fit": {"epochs": 3}}}


def test_the_preset_of_a_card_is_put_over_its_options():
    card = Card("sentiment", {"batch_size": 8, "hidden_dim": 16}, presets=OWN)
    found = with_preset(card, "gpu")
    assert found.build == {"batch_size": 128, "hidden_dim": 16, "dropout": 0.1}
    assert found.fit == {"epochs": 3} and found.presets == {}
    assert card.build["batch_size"] == 8


@pytest.mark.parametrize("name", GENERAL)
def test_the_general_one_changes_nothing_that_a_card_says(name):
    general = GENERAL[name]["build"]
    assert with_preset(Card("sentiment"), name).build == general
    card = Card("sentiment", {"dtype_policy": "float32"})
    assert with_preset(card, name).build == general | {"dtype_policy": "float32"}
    make_card({"recipe": "sentiment", "build": general}, "a card")  # which is right


def test_an_unknown_one_is_refused():
    with pytest.raises(ArgumentError) as raised:
        with_preset(Card("sentiment", presets={"cpu": {}}), "gpi")
    assert str(raised.value) == (
        "device_preset: expected one of gpu, tpu, cpu, found 'gpi'; did you mean gpu?"
    )


def test_its_mistakes_are_those_of_the_card_with_it():
    contents = {
        "recipe": "translation",
        "build": {"batch_tokens": 99, "dropout": 2},
        "presets": {
            "gpu": {"build": {"batch_size": 8, "learning_rate": 0}},
            "tpu": {"evaluate": {}},
            "cpu": {"fit": 3},
        },
    }
    with pytest.raises(ArgumentError) as raised:
        make_card(contents, "card")
    found = str(raised.value)
    for one in (
        "card: build.dropout: expected a number from 0 below 1, found 2",
        "card: presets.gpu.build.learning_rate: expected a number above 0, found 0",
        "card: presets.gpu.build.batch_tokens, batch_size: expected one of them",
        "card: presets.tpu: expected build and fit, found {'evaluate': {}}",
        "card: presets.cpu.fit: expected a mapping, found 3",
    ):
        assert one in found
    assert found.count("dropout") == 1


def test_on_the_command_line(tmp_path, monkeypatch, capfd):
    card, seen = tmp_path / "card.yaml", []
    card.write_text(
        "recipe: sentiment\nbuild: {batch_size: 8}\nfit: {epochs: 1}\n"
        "presets: {gpu: {build: {batch_size: 64, steps_per_execution: 4}}}\n"
    )
    monkeypatch.setattr(
        "seqkit.runs.run_card", lambda card, **_: (seen.append(card), {})
    )
    words = ["train", str(card), "--device-preset", "gpu", "--batch-size", "32"]
    assert cli.main(words) == 0
    assert seen[0].build == {"batch_size": 32, "steps_per_execution": 4}
    said = capfd.readouterr().err
    assert "--device-preset gpu: batch_size=64, steps_per_execution=4" in said
    assert cli.main([*words[:3], "gpi"]) == 2
    assert "expected one of gpu, tpu, found 'gpi'" in capfd.readouterr().err


def test_its_schema_is_that_of_the_sections():
    schema = cards.schema(cards.find_recipe("sentiment"))
    sections = schema["properties"]["presets"]["additionalProperties"]["properties"]
    for name, one in sections.items():
        assert one == {"$ref": f"#/properties/{name}"} and name in schema["properties"]
