"""Cards that are drafted: right, commented, for columns of any name."""

import json

import pytest

import seqkit
from seqkit import cards
from seqkit.drafts import find_columns
from seqkit.errors import DataError, SeqkitError
from seqkit.options.yaml import read_yaml
from seqkit.registries import recipes
from seqkit.task import Field


def rows(count, **columns):
    return [{name: make(n) for name, make in columns.items()} for n in range(count)]


def write(path, some):
    path.write_text("".join(json.dumps(row) + "\n" for row in some), encoding="utf-8")
    return path


def draft(recipe, dataset, tmp_path, **options):
    text = recipes[recipe].draft_card(
        dataset, cache_dir=str(tmp_path / "cache"), **options
    )
    contents = read_yaml(text, "card")
    cards.make_card(contents, "card")
    return text, contents


REVIEW = dict(
    id=lambda n: n,
    review=lambda n: f"the story number {n} was fine",
    mood=lambda n: ["good", "bad"][n % 2],
)


def test_columns_of_other_names_are_found(tmp_path):
    path = write(tmp_path / "train.jsonl", rows(60, **REVIEW))
    text, card = draft("sentiment", path, tmp_path)
    assert (card["build"]["text"], card["build"]["label"]) == ("review", "mood")
    assert "# the column that looks like labels: 2 different in 60 rows" in text
    assert card["build"]["dataset"] == str(path)
    assert card["fit"]["epochs"] == card["build"]["schedule_epochs"]
    assert card["evaluate"]["split"] == ["validation", "test"]


def test_what_is_given_stays(tmp_path):
    path = write(tmp_path / "train.jsonl", rows(60, **REVIEW))
    given = {"text": "review", "label": "mood", "batch_tokens": 500, "dropout": 0.0}
    _, card = draft("sentiment", path, tmp_path, **given)
    assert given.items() <= card["build"].items()
    assert "batch_size" not in card["build"]  # it would conflict


def test_tagged_words(tmp_path):
    some = rows(
        40,
        words=lambda n: [f"w{n}", "sings"],
        ner=lambda n: ["B-PER", "O"],
    )
    _, card = draft("tagging", write(tmp_path / "train.jsonl", some), tmp_path)
    assert (card["build"]["tokens"], card["build"]["tags"]) == ("words", "ner")


def test_pairs_of_other_columns(tmp_path):
    some = rows(
        90,
        number=lambda n: n,
        english=lambda n: f"{n} dogs",
        french=lambda n: f"{n} chiens",
    )
    path = write(tmp_path / "train.jsonl", some)
    _, card = draft("translation", path, tmp_path)
    assert (card["build"]["source"], card["build"]["target"]) == ("english", "french")
    assert card["build"]["max_length"] == 32


@pytest.mark.parametrize("several", [0, 20])
def test_the_data_decide(tmp_path, several):
    some = rows(200, text=lambda n: f"text {n}", label=lambda n: "ab"[n % 40 == 0])
    for row in some[:several]:
        row["label"] = ["a", "b"]
    some.append({"text": "", "label": "a"})
    _, card = draft("sentiment", write(tmp_path / "a.jsonl", some), tmp_path)
    build = card["build"]
    assert build.get("multi_label") == (True if several else None)
    assert build.get("class_weight") == (None if several else "balanced")
    assert build["on_error"] == "skip" and build["test_fraction"] == 0.1


def test_larger_data_have_larger_settings(tmp_path):
    sizes = {}
    for number in (100, 3000):
        some = rows(number, text=lambda n: f"text {n}", label=lambda n: "ab"[n % 2])
        path = write(tmp_path / f"{number}.jsonl", some)
        sizes[number] = draft("sentiment", path, tmp_path)[1]["build"]
    for name in ("batch_size", "hidden_dim"):
        assert sizes[100][name] < sizes[3000][name]
    assert sizes[100]["schedule_epochs"] > sizes[3000]["schedule_epochs"]


def test_no_column_suits(tmp_path):
    path = write(tmp_path / "train.jsonl", rows(30, number=lambda n: n / 7))
    with pytest.raises(DataError, match="column"):
        draft("sentiment", path, tmp_path)
    assert find_columns([{"number": 0.5}], {"text": Field("text")}) == []


def test_a_card_needs_train_and_files(tmp_path):
    path = write(tmp_path / "test.jsonl", rows(30, **REVIEW))
    with pytest.raises(SeqkitError, match="expected a train split"):
        draft("sentiment", path, tmp_path, text="review", label="mood")
    some = [(f"text {n}", "ab"[n % 2]) for n in range(30)]
    with pytest.raises(SeqkitError, match="found data in memory"):
        draft("sentiment", {"train": some}, tmp_path)


def test_images(tmp_path):
    some = rows(5, file=lambda n: f"{n}.JPG", title=lambda n: f"a dog {n}")
    fields = seqkit.recipes.captioning.Captioning.fields
    found = {one.name: one.value for one in find_columns(some, fields)}
    assert found == {"image": "file", "caption": "title"}
