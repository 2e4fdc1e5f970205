"""A recipe in a package of its own has everything that seqkit's have.

The package is not installed: for the one way a folder holds its metadata, as an
installation would; for the other its module is found in the working folder.
"""

import json
import os
import subprocess
import sys
import tomllib

import pytest

from seqkit.testing import RecipeChecks

INPUTS = ["The letters.", "Wir laufen alle nach Hause", "la fenêtre", ""]

CHECK = f"""
import json
import tensorflow as tf
from seqkit.testing import check_recipe

def serve(loaded, inputs):
    answer = loaded.signatures["serving_default"](text=tf.constant(inputs))
    return [label.decode() for label in answer["labels"].numpy()]

outcomes = check_recipe(
    "languages", None, {INPUTS}, metrics=["accuracy", "macro_f1"], serve=serve
)
print("outcomes", json.dumps(outcomes))
"""

PRECISION = """
import keras
from seqkit.registries import recipes
task = recipes["languages"].build(dtype_policy="mixed_bfloat16", units=4)
names = {layer: type(layer).__name__ for layer in task.model.layers}
policies = {name: layer.dtype_policy.name for layer, name in names.items()}
assert policies["Embedding"] == "mixed_bfloat16" and policies["Dense"] == "float32"
assert keras.config.dtype_policy().name == "float32"
"""


@pytest.fixture(scope="module")
def outside(repository):
    return repository / "tests" / "outside"


@pytest.fixture(scope="module")
def metadata(outside, tmp_path_factory):
    """A folder with what pip would write of the package, its code apart."""
    folder = tmp_path_factory.mktemp("site")
    project = tomllib.loads((outside / "pyproject.toml").read_text())["project"]
    info = folder / "seqkit_languages-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\n")
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {at}" for name, at in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return folder


def python(*words, paths, cwd, lines=""):
    """Runs Python, and returns exit code, output and errors."""
    path = os.pathsep.join(map(str, paths))
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        input=lines,
        env={**os.environ, "PYTHONPATH": path},
    )
    return done.returncode, done.stdout, done.stderr


def test_it_is_short(outside):
    text = (outside / "seqkit_languages" / "__init__.py").read_text("utf-8")
    assert len(text.splitlines()) <= 60


def test_by_entry_point_it_passes_every_check(repository, outside, metadata, tmp_path):
    paths = [repository, outside, metadata]
    code, out, err = python("-c", CHECK + PRECISION, paths=paths, cwd=tmp_path)
    assert code == 0, err
    outcomes = json.loads(out.partition("outcomes ")[2])
    assert list(outcomes) == RecipeChecks.names()
    skipped = {"attention", "validation_has_the_scores_of_evaluate"}  # by its loss
    assert {k for k, v in outcomes.items() if v != "passed"} == skipped


def test_by_entry_point_the_command_line_knows_it(
    repository, outside, metadata, tmp_path
):
    code = (
        "from seqkit import cli, cards; import sys\n"
        "assert cli.main(['train', 'languages', '--help']) == 0\n"
        "assert cli.main(['schema', 'languages']) == 0\n"
        "assert cli.main(['train', 'langauges']) == 2\n"
        "cards.make_card({'recipe': 'languages', 'build': {'units': 8}}, 'card')\n"
        "assert not {'keras', 'tensorflow', 'numpy'} & set(sys.modules)\n"
    )
    paths = [repository, outside, metadata]
    code, out, err = python("-c", code, paths=paths, cwd=tmp_path)
    assert code == 0, err
    assert "--units" in out and "Units of the GRU in each direction." in out
    assert '"languages",' in out and '"seqkit_languages:Languages"' in out
    assert "did you mean languages?" in err


def test_by_module_and_class(repository, outside, tmp_path):
    seqkit, paths, run = ["-m", "seqkit.cli"], [repository], str(tmp_path / "run")
    card = tmp_path / "card.yaml"
    card.write_text("recipe: seqkit_languages:Languages\nevaluate:\n  split: test\n")
    words = [*seqkit, "train", str(card), *"--units 8 --epochs 2 --verbose 0".split()]
    code, out, err = python(*words, "--out", run, paths=paths, cwd=outside)
    assert code == 0, err
    assert out.startswith("test\n") and "accuracy" in out
    # The name alone is not enough, for nothing has imported the package.
    code, out, err = python(*seqkit, "predict", run, paths=paths, cwd=outside)
    assert code == 2 and "--recipe package.module:Class" in err and not out
    words = [*seqkit, "predict", run, "--recipe", "seqkit_languages:Languages"]
    lines = "Das ist neu.\nThis is new.\n"
    code, out, err = python(*words, paths=paths, cwd=outside, lines=lines)
    assert code == 0, err
    assert len(out.splitlines()) == 2
    assert set(out.splitlines()) <= {"English", "French", "German"}
