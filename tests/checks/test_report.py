"""Reports: printed, as a dictionary, in a notebook; checks of other packages."""

import json

import pytest

import seqkit
from seqkit.checks import CheckReport, Finding, Place
from seqkit.errors import DataError


@pytest.fixture
def report():
    place = Place("/data/test.tsv", 3, None, "'<b>'")
    findings = {
        "rows": [Finding("9 rows", figures={"rows": {"train": 9}})],
        "overlap": [Finding("fine"), Finding("2 are shared", "fail", 2, (place,))],
    }
    return CheckReport("sentiment", "folder /data", {"train": 9}, findings)


def test_text(report):
    assert str(report).splitlines() == [
        "sentiment, folder /data: train 9",
        "",
        "rows",
        "  pass  9 rows",
        "",
        "overlap",
        "  pass  fine",
        "  fail  2 are shared",
        "        test.tsv, line 3: '<b>'",
        "",
        "1 check fails, 1 passes",
    ]


def test_dictionary(report):
    found = json.loads(json.dumps(report.as_dict()))
    assert found["verdict"] == "fail" and found["checks"]["rows"]["verdict"] == "pass"
    (place,) = found["checks"]["overlap"]["findings"][1]["places"]
    assert place == {
        "where": "/data/test.tsv",
        "line": 3,
        "row": None,
        "found": "'<b>'",
    }


def test_html(report):
    page = report._repr_html_()
    assert "&lt;b&gt;" in page and "<b>" not in page and "1 check fails" in page


def test_checks_of_other_packages_and_of_a_recipe(registered, monkeypatch):
    from seqkit.registries import checks

    monkeypatch.setattr(
        checks, "_parts", {name: checks._parts[name] for name in checks}
    )

    @checks.register("questions")
    def questions(examples):
        (column,) = examples.columns("text", target=False)
        count = sum(text.endswith("?") for text in examples.splits["train"][column])
        yield Finding(f"{count} questions", "warn", count)

    class Own(seqkit.recipes.sentiment.Sentiment):
        checks = {"own": lambda examples: [Finding("of the recipe", "fail")]}

    registered("own", Own)
    rows = [("good?", "a"), ("bad", "b")] * 9
    report = Own.check_dataset({"train": rows})
    assert report.checks["questions"][0].count == 9
    assert report.checks["own"][0].text == "of the recipe" and report.verdict == "fail"
    assert "own" not in seqkit.recipes.sentiment.check({"train": rows}).checks


def test_what_cannot_be_read_at_all_is_an_error(tmp_path):
    with pytest.raises(DataError, match="nothing of that name"):
        seqkit.recipes.sentiment.check(tmp_path / "nonesuch.tsv")


def test_a_check_builds_no_model(run_python):
    code = (
        "import seqkit, sys; report = seqkit.recipes.translation.check();"
        "print(report.verdict, 'keras' in sys.modules)"
    )
    assert run_python(code).split() == ["pass", "False"]
