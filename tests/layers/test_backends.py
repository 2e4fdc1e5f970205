"""The layers again, in a process of their own, on JAX."""

import pytest

FOLDER = "tests/layers"


def test_layers_pass_on_jax(run_tests_on_jax):
    run_tests_on_jax(
        f"{FOLDER}/test_conformance.py",
        f"{FOLDER}/test_attention.py",
        f"{FOLDER}/test_multi_head_attention.py",
        f"{FOLDER}/test_transformer.py",
    )


@pytest.mark.slow
def test_recurrent_layers_pass_on_jax(run_tests_on_jax):
    run_tests_on_jax(
        f"{FOLDER}/test_recurrent.py", f"{FOLDER}/test_recurrent_bidirectional.py"
    )
