"""What recipes run on a model, again on JAX, in a process of its own."""

import pytest


@pytest.mark.slow
def test_scores_on_jax(run_tests_on):
    # Every shape compiles anew there, so not all of them.
    run_tests_on(
        "jax",
        "tests/inference/test_sequences.py",
        "tests/inference/language/test_scorer.py::test_the_cut_changes_nothing[10]",
        "tests/inference/language/test_scorer.py::test_rows_are_independent"
        "_and_begin_when_they_say",
        "tests/inference/language/test_scorer.py::test_sequences_of_any_length[4-20]",
        "tests/inference/language/test_scorer.py::test_weights_that_are_trained_on_are_seen",
        "tests/inference/language/test_neural_cache.py::test_equals_a_loop[4-3-0.7]",
        "tests/inference/language/test_dynamic_evaluation.py::test_plain_steps[5-0.3]",
        "tests/inference/language/test_dynamic_evaluation.py"
        "::test_steps_scaled_by_the_training_gradients",
        "tests/inference/language/test_dynamic_evaluation.py::test_a_step_is_that_of_fit[lstm]",
    )
