"""A choice of tests again on the other backends, in one process for each.

Each shape compiles again on JAX, a second or more. So not all tests: the harness of the
layers, the strategies of decoding against their references, a model that goes on where
it ended. What is left out are slow tests of the rooms.
"""

import pytest

DECODING = "tests/decoding"
WITHOUT_GPU = (
    "tests/layers/test_recurrent.py::test_without_a_gpu_nothing_is_called_cudnn"
)
WHOLE_CALLS = "tests/layers/test_whole.py"
WHOLE = [
    f"{WHOLE_CALLS}::test_equals_the_loop[holes-both-LSTM]",
    f"{WHOLE_CALLS}::test_equals_the_loop[right-padded-backwards-LSTM]",
    f"{WHOLE_CALLS}::test_half_precision_is_widened_and_narrowed_again"
    "[mixed_bfloat16-LSTM]",
    f"{WHOLE_CALLS}::test_what_cudnn_lacks_is_said_and_not_taken",
]
COPYING = "tests/models/test_seq2seq.py::test_a_saved_model_still_copies"
RULE = f"{DECODING}/test_beam.py::test_each_rule_equals_a_plain_search_by_it"
BEAMS = [
    f"{RULE}[never-0.6]",
    f"{RULE}[False-2.0]",
    f"{DECODING}/test_beam.py::test_ends_that_are_unlikely_but_in_the_beam[True]",
]
NOISE = f"{DECODING}/test_sampling.py::test_noise_is_that_of_32_bits_in_numpy"
CHOICE = [
    f"{DECODING}/test_candidates.py::test_equals_a_full_sort[suppress_ids1-640]",
    f"{DECODING}/test_candidates.py"
    "::test_ties_go_to_the_lower_hypothesis_and_token[40]",
    f"{DECODING}/test_greedy.py",
    *BEAMS,
    f"{DECODING}/test_sampling.py"
    "::test_frequencies_are_the_filtered_distribution[arguments9]",
    f"{DECODING}/test_largest.py::test_equals_sorting[7]",
    WITHOUT_GPU,
    *WHOLE,
    f"{WHOLE_CALLS}::test_lowers_for_cuda[both-mixed_bfloat16]",
    f"{WHOLE_CALLS}::test_jax_has_no_gru_of_cudnn",
    f"{WHOLE_CALLS}::test_several_devices_take_the_loop",
    "tests/models/test_language_model.py::test_a_stateful_model_goes_on_where_it_ended[gru]",
    "tests/export/test_saved_model.py::test_other_backends_are_sent_to_tensorflow",
]


@pytest.mark.parametrize(
    ("backend", "more"),
    [("jax", CHOICE), ("torch", [WITHOUT_GPU, WHOLE_CALLS, COPYING, *BEAMS, NOISE])],
    ids=["jax", "torch"],
)
def test_a_choice_passes_on(run_tests_on, backend, more):
    run_tests_on(backend, "tests/layers/test_conformance.py", *more)
