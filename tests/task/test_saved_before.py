"""Tasks that earlier versions saved load, and give the same results.

Each folder in `tests/saved` was written by `Task.save` of the version that it is named
after, with its inputs, predictions and figures of the test split in `expected.json`.
"""

import json
from pathlib import Path

import pytest

import seqkit
from tests import tiny

FOLDERS = sorted((Path(__file__).parents[1] / "saved").iterdir())


def nearly(value):
    """The value, equal to others that differ in the last digits of their floats."""
    if isinstance(value, dict):
        return {name: nearly(one) for name, one in value.items()}
    if isinstance(value, list):
        return [nearly(one) for one in value]
    return pytest.approx(value, rel=1e-3, abs=2e-4) if type(value) is float else value


def plain(value):
    """A value as JSON holds it."""
    return json.loads(json.dumps(value, default=lambda one: one.as_dict()))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_task_of_an_earlier_version(folder, tmp_path):
    expected = json.loads((folder / "expected.json").read_text())
    task = seqkit.load(folder)
    assert plain(task.predict(expected["inputs"])) == nearly(expected["predict"])
    write_data = getattr(tiny, f"{task.recipe}_folder")
    figures = plain(task.evaluate("test", dataset=str(write_data(tmp_path))))
    before = {k: v for k, v in expected["evaluate"].items() if k != "signature"}
    assert {k: figures[k] for k in before} == nearly(before)
    assert task.results["test"] == expected["evaluate"]
