"""Every test of this folder again on JAX; `tests/test_backends.py` runs a choice."""

import pytest


@pytest.mark.slow
def test_models_pass_every_test_on_jax(run_tests_on):
    run_tests_on("jax", "tests/models")
