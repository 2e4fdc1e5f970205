"""A choice of this folder's tests again, in a process of their own, on JAX."""

import pytest

FOLDER = "tests/decoding"
# Each shape compiles anew there, so not all: the strategies against their references.
CHOICE = [
    "test_candidates.py",
    "test_greedy.py",
    "test_beam.py::test_a_narrow_beam_equals_a_plain_one_that_never_stops_early[3-0.6]",
    "test_sampling.py::test_frequencies_are_the_filtered_distribution[arguments9]",
    "test_largest.py::test_equals_sorting[7]",
    "test_piece.py::test_pieces_of_any_lengths_give_what_one_call_gives[filtered-3]",
]


def test_the_strategies_pass_on_jax(run_tests_on):
    run_tests_on("jax", *(f"{FOLDER}/{test}" for test in CHOICE))


@pytest.mark.slow
def test_what_is_compiled_passes_on_jax(run_tests_on):
    run_tests_on("jax", f"{FOLDER}/test_compiled.py")
