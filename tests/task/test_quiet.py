"""Building a task prints nothing of TensorFlow's, and loses nothing else."""

import os
import subprocess
import sys

import pytest

from seqkit.task import quiet

BUILD = """
import seqkit
task = seqkit.recipes.sentiment.build(**{options!r})
task.model.fit(task.train.take(1), validation_data=task.validation.take(1), verbose=0)
"""


def run(code, **more):
    env = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env | more, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_building_and_plain_keras_are_silent():
    options = {"hidden_dim": 8, "num_layers": 1}
    found = run(BUILD.format(options=options), KERAS_BACKEND="tensorflow")
    for part in ("absl", "cuda", "oneDNN", "cpu_feature", "shuffle"):
        assert part not in found, found


def test_a_level_that_is_set_decides():
    code = "from seqkit.task.quiet import import_backend as f; f()"
    assert "oneDNN" in run(code, TF_CPP_MIN_LOG_LEVEL="0", KERAS_BACKEND="tensorflow")


def test_matplotlib_is_imported_for_plots_alone():
    code = (
        "import sys, seqkit; seqkit.recipes.sentiment.Sentiment;"
        "from seqkit.task.quiet import import_backend; import_backend(); import keras;"
        "assert not any(name.startswith('matplotlib') for name in sys.modules);"
        "import numpy as np, matplotlib; matplotlib.use('Agg');"
        "keras.visualization.plot_image_gallery(np.zeros((1, 4, 4, 3)), rows=1, cols=1)"
    )
    run(code, KERAS_BACKEND="tensorflow")


@pytest.mark.parametrize("fails", [False, True])
def test_other_lines_are_kept(capfd, fails):
    try:
        with quiet._without_notes():
            os.write(2, b"I0000 00:00:17 a.cc:1] a note\n")
            os.write(2, b"E0000 00:00:17 a.cc:1] an error\n")
            print("a warning", file=sys.__stderr__, flush=True)
            if fails:
                raise KeyError
    except KeyError:
        pass
    found = capfd.readouterr().err
    assert "an error" in found and "a note" not in found


def test_many_models_are_no_retracing():
    """TensorFlow warns of the sixth model that is trained in a process."""
    code = """
import keras, numpy as np
from seqkit.task.quiet import import_backend
import_backend()
x = np.zeros((4, 1))
for _ in range(8):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, x, verbose=0)
"""
    assert "retracing" not in run(code, KERAS_BACKEND="tensorflow")
    assert "retracing" in run(
        code.replace("import_backend()", "", 1).replace(
            "from seqkit.task.quiet import import_backend", ""
        ),
        KERAS_BACKEND="tensorflow",
    )
