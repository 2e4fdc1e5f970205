import dataclasses
import json

import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.metrics import Measures, classification_measures
from seqkit.reports import Judgement, make_report
from seqkit.results import Entity, TaggedText
from seqkit.task import Field

FIELDS = {"text": Field("text"), "labels": Field("labels", target=True)}
HOSTILE = "</td><script>alert(1)</script>\0 & \"'"


class Rows(list):
    """Examples as `datasets.Dataset` gives them."""

    @property
    def column_names(self):
        return list(self[0])

    def __getitem__(self, key):
        return (
            [row[key] for row in self]
            if isinstance(key, str)
            else super().__getitem__(key)
        )


class View:
    def __init__(self, html):
        self.html = html

    def to_html(self):
        return self.html


@pytest.fixture(scope="module")
def judgement():
    rng = np.random.default_rng(0)
    names = ["a", HOSTILE]
    gold = [names[n] for n in rng.integers(2, size=60)]
    measures = classification_measures(gold, rng.dirichlet([1, 1], 60), names)
    split = Rows(
        {"text": f"{HOSTILE} {'word ' * (row % 9)}", "labels": [gold[row]]}
        for row in range(60)
    )
    losses = measures.by_example("log_loss")
    found = Judgement(measures, found=lambda row: f"found {row}", losses=lambda: losses)
    return found, split


def made(judgement, views=lambda example: {}, **more):
    settings = {"examples": 3, "samples": 50, "seed": 1, **more}
    about = {"recipe": "sentiment", "split": "test", "task": {"data": HOSTILE}}
    history = {"loss": [2.0, float("nan"), 0.5], "val_loss": [1.5, 1.0, 0.9]}
    return make_report(
        *judgement, FIELDS, about=about, history=history, views=views, **settings
    )


def test_sections(judgement):
    data = json.loads(json.dumps(made(judgement).as_dict(), allow_nan=False))
    measures, split = judgement[0].measures, judgement[1]
    values = measures.values()
    for name in ("accuracy", "macro_f1", "log_loss", "calibration_error"):
        one = data["figures"][name]
        assert one["value"] == pytest.approx(values[name])
        assert one["low"] <= one["high"]
    groups = data["by_length"]["groups"]
    assert sum(group["examples"] for group in groups) == 60
    assert [g["low"] for g in groups] == sorted(g["low"] for g in groups)
    right = sum(g["examples"] * g["figures"]["accuracy"]["value"] for g in groups)
    assert right / 60 == pytest.approx(values["accuracy"])
    assert (
        data["by_label"]["classes"]["a"]["support"] == values["classes"]["a"]["support"]
    )
    wrong = sum(pair["count"] for pair in data["confused"])
    assert wrong == 60 - round(60 * values["accuracy"])
    assert data["calibration"]["error"]["value"] == pytest.approx(
        values["calibration_error"]
    )
    assert data["history"]["loss"] == [2.0, None, 0.5]
    losses = judgement[0].losses()
    worst = np.argsort(-losses)[:3].tolist()
    assert [one["row"] for one in data["worst"]] == worst
    assert data["worst"][0]["found"] == f"found {worst[0]}"
    assert data["worst"][0]["expected"] == {"labels": split[worst[0]]["labels"]}


def test_the_same_seed_gives_the_same_report(judgement):
    assert made(judgement).as_dict() == made(judgement).as_dict()
    assert made(judgement).as_dict() != made(judgement, seed=2).as_dict()


def test_what_data_hold_is_no_markup(judgement):
    views = {"inputs": View("<i>view</i>"), "more": View("<b>further</b>")}
    page = made(judgement, lambda example: views).to_html()
    assert "<script" not in page and "&lt;script" in page
    assert page.count("<i>view</i>") == page.count("<b>further</b>") == 3


def test_a_model_that_cannot_be_looked_into_gets_a_page(judgement):
    def views(example):
        raise SeqkitError("no attention")

    assert "found " in made(judgement, views).to_html()


def test_figures_alone_are_a_page():
    scores = {"bleu": 12.5, "count": 3, "signature": "x"}
    report = made((Judgement.of_scores(scores), Rows([{"text": "a"}])))
    data = report.as_dict()
    assert data["figures"] == {"bleu": {"value": 12.5}, "count": 3}
    assert not {"worst", "by_length", "confused", "calibration"} & set(data)
    assert "12.5" in report.to_html() and "12.5" in str(report)


def test_a_page_is_written_whole_or_not_at_all(judgement, tmp_path, monkeypatch):
    report, file = made(judgement), tmp_path / "new" / "page.html"
    report.save(file)
    before = file.read_text("utf-8")
    assert before == report.to_html()
    (tmp_path / "file").write_text("")
    with pytest.raises(SeqkitError, match="file"):
        report.save(tmp_path / "file" / "page.html")

    def full(*_):
        raise OSError(28, "No space left on device", str(file))

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(SeqkitError, match="No space left"):
        report.save(file)
    assert [one.name for one in file.parent.iterdir()] == ["page.html"]
    assert file.read_text("utf-8") == before


def test_what_predict_returns_is_whole_as_data_and_readable_on_the_page(judgement):
    entity = Entity("Ada", "PERSON", 0, 3, 0.9)
    answer = TaggedText("Ada sang", ["Ada", "sang"], [], [], [], [entity])
    found = dataclasses.replace(judgement[0], found=lambda row: answer)
    report = made((found, judgement[1]))
    shown = report.as_dict()["worst"][0]["found"]
    assert shown["text"] == "Ada sang" and shown["entities"][0]["type"] == "PERSON"
    assert "[Ada PERSON] sang" in report.to_html()


def test_no_examples_wanted(judgement):
    assert "worst" not in made(judgement, examples=0).as_dict()


def test_texts_without_spaces_are_measured_in_characters():
    from seqkit.reports.sections import lengths_of

    fields = {"target": Field("text", target=True), "source": Field("text")}
    columns = {"source": ["猫がいる", "犬"], "target": ["a b", "c"]}
    assert lengths_of(columns, fields) == ([4, 1], "characters in what is read")
    assert lengths_of({"target": ["a b", "c"]}, fields)[0] == [2, 1]
    assert lengths_of({}, fields) is None


def test_sets_of_points_are_as_long_as_they_have_points():
    from seqkit.reports.sections import lengths_of

    fields = {"order": Field("order", target=True), "points": Field("points")}
    columns = {"points": [[[0, 1], [2, 3]], [[4, 5]]], "order": [[0], [0]]}
    assert lengths_of(columns, fields) == ([2, 1], "points in what is read")


def test_an_empty_split_of_statistics():
    report = made((Judgement(Measures({}, {})), Rows([{"text": "a"}])))
    assert report.as_dict()["figures"] == {}
    assert "<html" in report.to_html()
