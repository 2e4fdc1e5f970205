import numpy as np
from keras import ops

from seqkit.decoding import coverage_penalty, length_penalty


def test_length_penalty_is_the_published_formula():
    lengths = np.array([1, 2, 7, 40])
    for alpha in (0.0, 0.6, 1.0):
        found = length_penalty(ops.convert_to_tensor(lengths), alpha)
        np.testing.assert_allclose(found, ((5 + lengths) / 6) ** alpha, rtol=1e-6)


def test_a_token_without_attention_costs_much_but_not_everything():
    coverage = ops.convert_to_tensor(np.array([[[0.0, 2.0]]], "float32"))
    found = coverage_penalty(coverage, ops.array([[True, True]]), 0.5)
    np.testing.assert_allclose(found, [[0.5 * np.log(1e-7)]], rtol=1e-6)
