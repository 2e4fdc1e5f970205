"""Every verb on JAX and PyTorch where TensorFlow is not installed."""

import importlib.util

import pytest

from tests.test_task_conformance import RECIPES

# In place of an environment without it: what is `None` here cannot be imported, and
# `importlib.util.find_spec` does not find it.
MISSING = """
import sys
sys.modules |= dict.fromkeys(["tensorflow", "tensorflow_text"])
"""

LIFE = """
import tempfile
from pathlib import Path
import seqkit
from seqkit.errors import SeqkitError
from tests import tiny
from tests.test_task_conformance import RECIPES

for name in {names}:
    row, folder = RECIPES[name], Path(tempfile.mkdtemp())
    recipe, options = getattr(seqkit.recipes, name), row["options"]
    task = recipe.build(row["dataset"](folder), cache_dir=str(folder), **options)
    history = task.fit(1, verbose=0).history
    assert set(history) >= {{"loss", "val_loss"}}, history
    figures, answers = task.evaluate(), task.predict(row["inputs"])
    assert row["metrics"] <= set(figures) and len(answers) == len(row["inputs"])
    task.save(folder / "saved")
    loaded = seqkit.load(folder / "saved")
    assert str(loaded.predict(row["inputs"])) == str(answers)
    try:
        task.export(folder / "export")
    except SeqkitError as error:
        assert "expected TensorFlow, which is not installed" in str(error), error
    else:
        raise AssertionError("exported")
    assert not (folder / "export").exists()
print("whole")
"""
SOME = ["language_modeling", "sentiment"]


@pytest.mark.parametrize(
    ("backend", "names"),
    [
        ("jax", SOME),
        pytest.param("jax", [*{*RECIPES} - {*SOME}], marks=pytest.mark.slow),
        pytest.param("torch", [*RECIPES], marks=pytest.mark.slow),
    ],
    ids=["jax", "jax-others", "torch"],
)
def test_every_verb_but_export(run_python, backend, names):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    code = MISSING + LIFE.format(names=names)
    assert "whole" in run_python(code, KERAS_BACKEND=backend)


def test_a_backend_that_is_not_installed_is_named(run_python):
    code = MISSING + (
        "import seqkit\nfrom seqkit.errors import SeqkitError\n"
        "try:\n    seqkit.recipes.sentiment.build()\n"
        "except SeqkitError as error:\n    print(error)\n"
    )
    said = run_python(code, KERAS_BACKEND="tensorflow")
    assert "KERAS_BACKEND: expected one of tensorflow, jax, torch, of which" in said
    assert said.strip().endswith("found tensorflow")
