"""Losses, schedules, callbacks and metrics again, in a process of their own, on JAX."""

import pytest


@pytest.mark.slow
def test_training_and_metrics_pass_on_jax(run_tests_on):
    run_tests_on(
        "jax",
        "tests/training/test_losses.py",
        "tests/training/test_schedules.py",
        "tests/training/test_weight_averaging.py",
        # Every run compiles anew there, so not all that can happen to a file.
        "tests/training/test_checkpoint.py"
        "::test_a_resumed_run_equals_one_without_a_break",
        "tests/metrics/test_perplexity.py",
    )
