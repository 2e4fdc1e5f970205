"""The layers again, in a process of their own, on JAX."""

import pytest

FOLDER = "tests/layers"


def test_layers_pass_on_jax(run_tests_on_jax):
    run_tests_on_jax(f"{FOLDER}/test_conformance.py")


@pytest.mark.slow
@pytest.mark.parametrize(
    "names",
    [
        ("attention", "multi_head_attention", "transformer"),
        ("recurrent", "recurrent_bidirectional"),
    ],
    ids=["attention", "recurrent"],
)
def test_every_test_passes_on_jax(run_tests_on_jax, names):
    run_tests_on_jax(*(f"{FOLDER}/test_{name}.py" for name in names))
