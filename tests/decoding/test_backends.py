"""More of this folder on JAX than `tests/test_backends.py` chooses."""

import pytest

FOLDER = "tests/decoding"


@pytest.mark.slow
@pytest.mark.parametrize(
    "test",
    [
        "test_compiled.py",
        "test_piece.py::test_pieces_of_any_lengths_give_what_one_call_gives[filtered-3]",
    ],
)
def test_what_is_compiled_passes_on_jax(run_tests_on, test):
    run_tests_on("jax", f"{FOLDER}/{test}")
