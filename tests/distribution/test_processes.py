"""Two and four processes train like one, over gloo on this machine; one is killed."""

import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest

import seqkit
from seqkit.distribution import initialize, is_primary, on_primary, process_count
from seqkit.distribution.processes import unlike
from seqkit.errors import SeqkitError

pytest.importorskip("jax")
WITHIN = 300  # seconds, on a busy machine


def start(repository, count, *words, **environment):
    """Starts so many processes of `together.py`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    own = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "JAX_NUM_PROCESSES": count}
    own |= {"JAX_DISABLE_MOST_OPTIMIZATIONS": "1", **environment}
    if count > 1:
        own["JAX_COORDINATOR_ADDRESS"] = address
    return [
        subprocess.Popen(
            [sys.executable, "-m", "tests.distribution.together", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=repository,
            env=os.environ
            | {name: str(value) for name, value in own.items()}
            | ({"JAX_PROCESS_ID": str(number)} if count > 1 else {}),
        )
        for number in range(count)
    ]


def ended(processes):
    """Of each process the exit code, and what it wrote."""
    try:
        found = [one.communicate(timeout=WITHIN) for one in processes]
    finally:
        for one in processes:
            one.kill()
    return [(one.returncode, *two) for one, two in zip(processes, found, strict=True)]


def told(processes):
    """What processes that ended well have told; only the first one speaks."""
    found = ended(processes)
    for code, _, errors in found:
        assert code == 0, errors[-3000:]
    for _, written, errors in found[1:]:
        assert "epoch 1" not in written and "read as" not in errors
    return [json.loads(written.splitlines()[-1]) for _, written, _ in found]


def assert_alike(found, expected):
    """Figures of each epoch, results and weights, of each recipe."""
    for name, one in expected.items():
        for kind in ("history", "results"):
            _assert_close(found[name][kind], one[kind], (name, kind))
        _assert_close(found[name]["weights"], one["weights"], name)


def _assert_close(found, expected, where):
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for name, value in expected.items():
            _assert_close(found[name], value, (where, name))
    elif isinstance(expected, list) and any(isinstance(o, dict) for o in expected):
        for one, other in zip(found, expected, strict=True):
            _assert_close(one, other, where)
    elif isinstance(expected, str):
        assert found == expected, where
    else:
        np.testing.assert_allclose(found, expected, 1e-4, 1e-4, err_msg=str(where))


def test_as_one_process_also_after_a_kill(repository, tmp_path):
    words = tmp_path, 3, "sentiment"
    four = start(repository, 4, *words, SEQKIT_TEST_KILLED=3)
    for code, written, errors in ended(four)[:3]:
        assert code not in (0, -9), written
        assert "cannot be reached" in errors or "another task died" in errors, errors
    assert (tmp_path / "sentiment.training" / "sharded").is_dir()
    assert not (tmp_path / "sentiment-4").exists()
    others = *words, "language_modeling"
    one = start(repository, 1, tmp_path, *others[1:])
    two = start(repository, 2, *others)
    (expected,) = told(one)
    for found in told(two):
        assert_alike(found, expected)
    saved = seqkit.load(tmp_path / "language_modeling-2")
    _assert_close(saved.history, expected["language_modeling"]["history"], "saved")


@pytest.mark.slow
def test_every_recipe_as_one_process(repository, tmp_path):
    names = "translation", "tagging", "captioning", "forecasting", "pointing"
    words = tmp_path, 2, *names
    (expected,) = told(start(repository, 1, *words))
    for count in (2, 4):
        for found in told(start(repository, count, *words)):
            assert_alike(found, expected)
        for name in names:
            (tmp_path / f"{name}.training").rename(tmp_path / f"{name}.{count}")


def test_one_process_is_the_first_and_writes():
    assert process_count() == 1 and is_primary()
    assert on_primary("number", lambda: 3) == 3 and not unlike("options", {"a": 1})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coordinator": "there"}, "coordinator: expected HOST:PORT, such as"),
        ({"coordinator": "a:99999"}, "found 'a:99999'"),
        ({"num_processes": 2, "process_id": 2}, "expected an id from 0 to 1, found 2"),
        ({"num_processes": 0}, "expected an integer from 1 or null, found 0"),
        ({"process_id": "x"}, "process_id: expected an integer from 0 or null"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(SeqkitError, match=message):
        initialize(**arguments)


def test_other_backends_are_sent_to_jax():
    if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        pytest.skip("it is JAX")
    with pytest.raises(SeqkitError, match="the variable KERAS_BACKEND=jax"):
        initialize("127.0.0.1:1", 2, 0)


def test_nothing_found(run_python):
    code = (
        "from seqkit.distribution import initialize\n"
        "try: initialize()\n"
        "except ValueError as error: print(error)"
    )
    found = run_python(code, KERAS_BACKEND="jax", JAX_PLATFORMS="cpu")
    assert "coordinator, num_processes, process_id: expected a value" in found
    assert "SLURM" in found
