"""The models again, in a process of their own, on JAX."""

import pytest


def test_models_pass_on_jax(run_tests_on):
    run_tests_on(
        "jax",
        "tests/models/test_language_model.py",
        "-k",
        "goes_on_where_it_ended and gru",
    )


@pytest.mark.slow
def test_models_pass_every_test_on_jax(run_tests_on):
    run_tests_on("jax", "tests/models")
