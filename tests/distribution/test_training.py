"""Training on several devices, or in several processes, is training on one."""

import re
from dataclasses import replace

import numpy as np
import pytest

import seqkit
from tests.distribution.program import RECIPES, Run
from tests.distribution.started import JAX, ended, start, told

QUICK = ("translation", "language_modeling")
"""Recipes of the quick runs on four devices; each has a few steps."""
QUICK_PROCESSES = ("language_modeling",)
QUICK_MIRRORED = ("language_modeling", "tagging", "speech")
FOUR = JAX | {"JAX_NUM_CPU_DEVICES": "4"}
MIRRORED = {"KERAS_BACKEND": "tensorflow"}
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
EPOCHS = Run("sentiment", epochs=3, random=True, verbs=True)
"""A run with checkpoints, which is interrupted and resumed."""


def runs_of(recipes, *devices, **more):
    return [Run(recipe, number, **more) for recipe in recipes for number in devices]


def assert_alike(found, expected):
    """Runs that differ in nothing but where they ran; figures to 1e-4."""
    assert len(found) == len(expected) > 0
    for one, other in zip(found, expected, strict=True):
        where = f"{one['recipe']} on {one['devices']}: "
        assert one["recipe"] == other["recipe"]
        assert len(other["losses"]) >= other["steps"], where
        if not one["resume"]:
            assert_close(one["losses"], other["losses"], where + "losses")
        for name in ("history", "weights", "figures"):
            assert_close(one.get(name, {}), other.get(name, {}), where + name)
        assert_same_text(one.get("answers", ""), other.get("answers", ""), where)
        assert_same_text(one.get("loaded", ""), one.get("answers", ""), where)


def assert_close(found, expected, where):
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for name, value in expected.items():
            assert_close(found[name], value, f"{where}, {name}")
    else:
        np.testing.assert_allclose(found, expected, 1e-4, 1e-4, err_msg=where)


def assert_same_text(found, expected, where):
    """Texts that are the same but for the last digits of numbers."""
    assert NUMBER.sub("0", found) == NUMBER.sub("0", expected), where
    numbers = [[float(one) for one in NUMBER.findall(two)] for two in (found, expected)]
    assert_close(*numbers, where)


def on(runs, devices):
    return [one for one in runs if one["devices"] == devices]


def check_cuts(said, count):
    """How much of each model is cut into two is said."""
    lines = [one for one in said.splitlines() if one.startswith("model_parallel=2: ")]
    assert len(lines) == count
    assert all(line.endswith("are cut into 2 parts") for line in lines)


@pytest.fixture(scope="module")
def one_process(repository, tmp_path_factory):
    """Quick runs on one device and on four, of which two share a copy of a model."""
    pytest.importorskip("jax")
    runs = [*runs_of(QUICK, "1", "4/2"), EPOCHS]
    folder = tmp_path_factory.mktemp("one")
    (found,), said = told(start(repository, folder, runs, **FOUR))
    return found, said


def test_four_devices_are_as_one(one_process):
    *found, _ = one_process[0]
    assert_alike(on(found, "4/2"), on(found, "1"))
    check_cuts(one_process[1], len(QUICK))


@pytest.fixture(scope="module")
def killed(repository, tmp_path_factory):
    """Four processes, of which one dies in the last epoch; and their folder."""
    pytest.importorskip("jax")
    folder = tmp_path_factory.mktemp("several")
    runs = [replace(EPOCHS, killed=3)]
    return ended(start(repository, folder, runs, 4, **JAX)), folder


def test_the_others_end_if_one_dies(killed):
    processes, folder = killed
    *others, (code, written, _) = processes
    assert code == -9 and "killed" in written
    for code, _, errors in others:
        assert code not in (0, -9)
        assert "cannot be reached" in errors or "another task died" in errors, errors
    assert (folder / "sentiment.training" / "sharded").is_dir()
    assert not (folder / EPOCHS.saved(4)).exists()


def test_two_processes_are_as_one_and_go_on_for_four(
    repository, killed, one_process, tmp_path
):
    folder = killed[1]
    runs = [*runs_of(QUICK_PROCESSES, "2"), replace(EPOCHS, resume=True)]
    names = [run.recipe for run in runs]
    expected = [one for one in on(one_process[0], "1") if one["recipe"] in names]
    two_each = JAX | {"JAX_NUM_CPU_DEVICES": "2"}
    for found in told(start(repository, folder, runs, 2, **two_each))[0]:
        assert_alike(found, expected)
        assert "TensorFlow" in found[-1]["export"]
    task = seqkit.load(folder / EPOCHS.saved(2))
    assert_close(task.history, expected[-1]["history"], "saved")
    task.export(tmp_path / "export", text=False)


@pytest.fixture(scope="module")
def mirrored(repository, tmp_path_factory):
    """Quick runs on one device and on two of `MirroredStrategy`; and their folder."""
    runs = runs_of(QUICK_MIRRORED, "1", "2")
    runs[0].verbs = runs[1].verbs = True
    folder = tmp_path_factory.mktemp("mirrored")
    return told(start(repository, folder, runs, **MIRRORED))[0][0], folder


def test_mirrored_devices_are_as_one(mirrored):
    found, folder = mirrored
    assert_alike(on(found, "2"), on(found, "1"))
    (exported,) = folder.glob("*-1x2-export")
    assert (exported / "saved_model.pb").is_file()


@pytest.fixture(scope="module")
def every_recipe(repository, tmp_path_factory):
    """Every recipe on JAX: 20 steps and all verbs on one device and on four."""
    pytest.importorskip("jax")
    folder = tmp_path_factory.mktemp("every")
    runs = runs_of(RECIPES, "1", "4", "4/2", steps=20, verbs=True)
    (found,), said = told(start(repository, folder, runs, **FOUR))
    return found, said, folder


@pytest.mark.slow
def test_every_recipe_on_four_devices(every_recipe, tmp_path):
    found, said, folder = every_recipe
    for devices in ("4", "4/2"):
        assert_alike(on(found, devices), on(found, "1"))
    check_cuts(said, len(RECIPES))
    for recipe in RECIPES:
        task = seqkit.load(folder / Run(recipe, "4/2").saved(1))
        task.export(tmp_path / recipe, text=False)
        assert (tmp_path / recipe / "saved_model.pb").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("count, devices", [(2, "1"), (4, "1"), (2, "2"), (2, "2/2")])
def test_every_recipe_in_processes(repository, every_recipe, tmp_path, count, devices):
    runs = runs_of(RECIPES, devices, steps=20, verbs=True)
    local = devices.partition("/")[0]
    processes = start(
        repository, tmp_path, runs, count, **JAX, JAX_NUM_CPU_DEVICES=local
    )
    for found in told(processes)[0]:
        assert_alike(found, on(every_recipe[0], "1"))


@pytest.mark.slow
def test_every_recipe_on_mirrored_devices(repository, tmp_path):
    runs = runs_of(RECIPES, "1", "2", steps=20, verbs=True)
    ((found,), _) = told(start(repository, tmp_path, runs, **MIRRORED))
    assert_alike(on(found, "2"), on(found, "1"))


@pytest.mark.slow
@pytest.mark.parametrize("killed", [0, 1])
def test_any_process_may_die(repository, tmp_path, killed):
    runs = [replace(EPOCHS, killed=killed)]
    codes = [code for code, *_ in ended(start(repository, tmp_path, runs, 2, **JAX))]
    assert codes[killed] == -9 and codes[1 - killed] not in (0, -9)


@pytest.mark.slow
@pytest.mark.parametrize("before, after", [("4/2", "1"), ("1", "4"), ("4", "4/2")])
def test_resumed_on_other_devices(repository, tmp_path, before, after):
    """Where one process is killed, the same number of another goes on."""
    killed = replace(EPOCHS, devices=before, killed=0)
    ended(start(repository, tmp_path, [killed], **FOUR))
    runs = [replace(EPOCHS, devices=after, resume=True)]
    ((found,), _) = told(start(repository, tmp_path, runs, **FOUR))
    whole = [replace(EPOCHS, devices="1")]
    (tmp_path / "whole").mkdir()
    ((expected,), _) = told(start(repository, tmp_path / "whole", whole, **FOUR))
    assert_alike(found, expected)
