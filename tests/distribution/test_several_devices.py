"""Training on several devices is training on one; each backend in one process."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

RECIPES = (
    "translation",
    "language_modeling",
    "tagging",
    "sentiment",
    "captioning",
    "forecasting",
)


JAX = {
    "KERAS_BACKEND": "jax",
    "JAX_PLATFORMS": "cpu",
    "JAX_NUM_CPU_DEVICES": "4",
    "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
}


@pytest.fixture(scope="module")
def on_devices(tmp_path_factory, repository):
    """`on_devices(numbers, **environment)` -> results by recipe, and the folder."""

    def run(*numbers, **environment):
        folder = tmp_path_factory.mktemp("devices")
        words = [str(folder), *RECIPES, "--", *numbers]
        done = subprocess.run(
            [sys.executable, "-m", "tests.distribution.on_devices", *words],
            env=os.environ | environment,
            cwd=repository,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return {(one["recipe"], one["devices"]): one for one in lines}, folder, done

    return run


@pytest.fixture(scope="module")
def jax_runs(on_devices):
    pytest.importorskip("jax")
    return on_devices("1", "4/2", **JAX)


@pytest.fixture(scope="module")
def tensorflow_runs(on_devices):
    return on_devices("1", "2", KERAS_BACKEND="tensorflow")


def check(runs, devices):
    for recipe in RECIPES:
        one, several = (runs[recipe, n]["losses"] for n in ("1", devices))
        assert len(one) > 3
        np.testing.assert_allclose(several, one, atol=1e-4, err_msg=recipe)


def test_jax_losses_are_those_of_one_device(jax_runs):
    check(jax_runs[0], "4/2")


@pytest.mark.slow
def test_jax_losses_are_those_of_one_device_without_cutting_weights(on_devices):
    pytest.importorskip("jax")
    check(on_devices("1", "4", **JAX)[0], "4")


def test_jax_says_how_many_weights_are_cut(jax_runs):
    lines = jax_runs[2].stderr.splitlines()
    said = [line for line in lines if line.startswith("model_parallel=2: ")]
    assert len(said) == len(RECIPES)
    assert all(line.endswith("are cut into 2 parts") for line in said)


def test_tensorflow_losses_are_those_of_one_device(tensorflow_runs):
    check(tensorflow_runs[0], "2")


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("runs", ["jax_runs", "tensorflow_runs"])
def test_a_task_is_saved_and_loaded_on_one_device(request, runs, recipe):
    found = request.getfixturevalue(runs)[0]
    (one,) = [
        one for one in found.values() if one["recipe"] == recipe and "loaded" in one
    ]
    assert one["loaded"] == one["answers"]
    assert np.isfinite(list(one["figures"].values())).all()


@pytest.mark.parametrize(
    "runs, name", [("jax_runs", "sentiment-4-2"), ("tensorflow_runs", "sentiment-2")]
)
def test_a_task_of_several_devices_is_exported(request, runs, name, tmp_path):
    import seqkit

    folder = request.getfixturevalue(runs)[1]
    task = seqkit.load(folder / name / "task")
    assert task.distribution.devices == 1
    task.export(tmp_path / "export", text=False)
    assert (tmp_path / "export" / "saved_model.pb").is_file()
