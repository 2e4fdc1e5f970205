"""Every test of this folder again on JAX; `tests/test_backends.py` runs a choice."""

import pytest

FOLDER = "tests/layers"


@pytest.mark.slow
def test_every_row_passes_on_jax(run_tests_on):
    run_tests_on("jax", f"{FOLDER}/test_conformance.py", "-m", "slow or not slow")


@pytest.mark.slow
@pytest.mark.parametrize(
    "names",
    [
        ("attention", "multi_head_attention", "transformer", "positions"),
        ("recurrent", "recurrent_bidirectional", "recurrent_references"),
        ("whole",),
        ("recurrent_stack",),
        ("pointer_attention", "copy_mechanism", "crf", "character_encoder"),
        ("selective_ssm", "tied_embedding", "key_value_cache", "key_value_window"),
    ],
    ids=["attention", "recurrent", "whole", "stack", "pointing", "others"],
)
def test_every_test_passes_on_jax(run_tests_on, names):
    run_tests_on("jax", *(f"{FOLDER}/test_{name}.py" for name in names))
