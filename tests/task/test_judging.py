"""Comparisons and reports of small tasks that are not trained."""

from types import SimpleNamespace

import pytest

import seqkit
from seqkit.errors import ArgumentError, SeqkitError
from tests import tiny

ROWS = [("tasty soup", "good"), ("dull film here", "bad"), ("so so", "bad")]


def classifier(rows=ROWS, **options):
    data = {"train": ROWS * 4, "validation": ROWS, "test": rows}
    return seqkit.recipes.sentiment.build(data, **tiny.SENTIMENT, **options)


@pytest.fixture(scope="module")
def task():
    return classifier()


def test_a_comparison_refuses_other_recipes(task):
    other = SimpleNamespace(recipe="translation")
    with pytest.raises(SeqkitError, match="one recipe, found sentiment of task 1, tr"):
        seqkit.compare([task, other])


@pytest.mark.parametrize(
    "rows, message",
    [
        (ROWS[:2], "found 3 in that of task 1 and 2 in that of task 2"),
        ([*ROWS[:2], ("so dull", "bad")], "row 2, text, 'so so' in that of task 1"),
        ([*ROWS[:2], ("so so", "good")], "row 2, labels, "),
    ],
)
def test_a_comparison_refuses_other_examples(task, rows, message):
    other = classifier(rows)
    with pytest.raises(SeqkitError, match=message):
        seqkit.compare([task, other])
    found = seqkit.compare([task, other], dataset={"test": ROWS}, samples=20).as_dict()
    assert found["examples"] == 3 and found["runs"] == ["task 1", "task 2"]


def test_a_comparison_takes_names_and_folders(task, tmp_path):
    task.save(tmp_path / "run")
    kept = {"test": ROWS}
    by_name = seqkit.compare({"one": task, "two": classifier(seed=1)}, samples=20)
    assert by_name.as_dict()["baseline"] == "one"
    folders = [str(tmp_path / "run"), tmp_path / "run"]
    found = seqkit.compare(folders, dataset=kept, samples=20).as_dict()
    row = found["figures"]["accuracy"]
    assert len(row) == 2 and [one.get("better") for one in row.values()] == [None] * 2


def test_wrong_arguments(task):
    with pytest.raises(SeqkitError, match="at least two runs, found runs/one"):
        seqkit.compare("runs/one")
    with pytest.raises(ArgumentError, match="samples"):
        seqkit.compare([task, task], samples=0)
    with pytest.raises(ArgumentError, match="examples"):
        task.report(examples=-1)
    with pytest.raises(ArgumentError, match="nonesuch"):
        task.report(nonesuch=1)


def test_a_report_leaves_no_trace(task):
    results, splits = dict(task.results), task.splits
    report = task.report("test", dataset={"test": ROWS * 2}, samples=20)
    assert report.as_dict()["examples"] == 6
    assert task.results == results and task.splits is splits
    assert [one["expected"] for one in report.as_dict()["worst"]]
    assert "iframe" in report._repr_html_()
