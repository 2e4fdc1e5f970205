import keras
import numpy as np
import pytest
from keras import ops

from seqkit.decoding.candidates import log_normalizer, top_candidates


def expected_candidates(logits, scores, count, suppress_ids):
    logits = logits.astype("float64")
    log_probs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    totals = scores[..., None] + log_probs
    totals[..., list(suppress_ids)] = -np.inf
    flat = totals.reshape(len(logits), -1)
    order = np.argsort(-flat, axis=-1, kind="stable")[:, :count]
    parents, token_ids = np.divmod(order, logits.shape[-1])
    return np.take_along_axis(flat, order, -1), parents, token_ids


# Below and above the size where blocks begin; with a divisor for them; a prime.
@pytest.mark.parametrize("vocabulary_size", [7, 511, 640, 1009])
@pytest.mark.parametrize("suppress_ids", [(), (0, 2)])
def test_equals_a_full_sort(vocabulary_size, suppress_ids):
    rng = np.random.default_rng(0)
    logits = 3 * rng.normal(size=(4, 3, vocabulary_size)).astype("float32")
    logits[:, :, 2] += 20  # the suppressed one would win
    scores = rng.normal(size=(4, 3)).astype("float32")
    found = top_candidates(
        ops.convert_to_tensor(logits), ops.convert_to_tensor(scores), 6, suppress_ids
    )
    expected = expected_candidates(logits, scores, 6, suppress_ids)
    for index, (one, other) in enumerate(zip(found, expected, strict=True)):
        np.testing.assert_allclose(one, other, atol=0 if index else 2e-5)


@pytest.mark.parametrize("vocabulary_size", [40, 640])
def test_ties_go_to_the_lower_hypothesis_and_token(vocabulary_size):
    logits = np.zeros((1, 2, vocabulary_size), "float32")
    logits[:, :, 30:] = 1.0
    _, parents, token_ids = top_candidates(
        ops.convert_to_tensor(logits), ops.zeros((1, 2)), vocabulary_size - 25
    )
    ones = list(range(30, vocabulary_size))
    wanted = (ones + ones)[: vocabulary_size - 25]
    assert ops.convert_to_numpy(token_ids)[0].tolist() == wanted
    assert ops.convert_to_numpy(parents)[0].tolist() == sorted(
        ops.convert_to_numpy(parents)[0].tolist()
    )


def test_half_precision_logits_are_scored_in_float32():
    logits = ops.cast(np.linspace(-3, 3, 40).reshape(1, 1, 40), "bfloat16")
    totals, _, _ = top_candidates(logits, ops.zeros((1, 1)), 2)
    logits = ops.convert_to_numpy(ops.cast(logits, "float32")).astype("float64")
    expected = logits[0, 0, -1] - np.log(np.exp(logits).sum())
    np.testing.assert_allclose(totals[0, 0], expected, rtol=1e-6)


def test_normalizer_of_large_logits_does_not_overflow():
    logits = ops.convert_to_tensor(np.array([[1000.0, 1000.0, -np.inf]], "float32"))
    np.testing.assert_allclose(log_normalizer(logits), [[1000 + np.log(2)]])


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other backends know all sizes"
)
@pytest.mark.parametrize("vocabulary_size", [3, 7, 640])
def test_a_vocabulary_may_be_known_only_when_the_graph_runs(vocabulary_size):
    import tensorflow as tf

    specs = [tf.TensorSpec([None, 3, None]), tf.TensorSpec([None, 3])]

    @tf.function(input_signature=specs)
    def search(logits, scores):
        return top_candidates(logits, scores, 6, (0, 2))

    rng = np.random.default_rng(0)
    logits = 3 * rng.normal(size=(4, 3, vocabulary_size)).astype("float32")
    scores = rng.normal(size=(4, 3)).astype("float32")
    totals, parents, token_ids = (one.numpy() for one in search(logits, scores))
    expected = expected_candidates(logits, scores, 6, (0, 2))
    found = np.isfinite(totals)
    count = min(6, 3 * (vocabulary_size - 2))
    assert (found.sum(axis=1) == count).all()  # the others are no candidates
    for one, right in zip((totals, parents, token_ids), expected, strict=True):
        np.testing.assert_allclose(
            one[:, :count], right[:, :count], rtol=1e-4, atol=1e-5
        )
