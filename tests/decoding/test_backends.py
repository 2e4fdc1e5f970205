"""A choice of this folder's tests again, in a process of their own, on JAX."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

HERE = Path(__file__).parent
# Each shape compiles anew there, so not all: the strategies against their references.
CHOICE = [
    "test_candidates.py",
    "test_compiled.py",
    "test_greedy.py",
    "test_beam.py::test_a_narrow_beam_equals_a_plain_one_that_never_stops_early[3-0.6]",
    "test_sampling.py::test_frequencies_are_the_filtered_distribution[arguments9]",
]


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="already the other backend"
)
@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="JAX is not installed"
)
def test_the_strategies_pass_on_jax():
    tests = [HERE / test for test in CHOICE]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
