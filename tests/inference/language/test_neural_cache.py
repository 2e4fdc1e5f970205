"""The cache against a loop over single tokens and all that stood before them."""

import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.inference.language.neural_cache import NeuralCache
from seqkit.inference.language.scorer import Scorer
from tests.inference.language.fakes import (
    TinyLanguageModel,
    V,
    random_text,
    scored,
    segments,
)


def brute_force(hidden, log_probs, targets, cache):
    """Mixed distributions `[T, V]` in float64, by the docstring's equations."""
    mixed = []
    for t, (state, line) in enumerate(zip(hidden, log_probs, strict=True)):
        masses = np.zeros(V)
        for i in range(max(0, t - cache.window), t):
            masses[targets[i]] += np.exp(cache.flatness * state @ hidden[i])
        p = np.exp(line)
        if t:
            share = cache.interpolation
            p = (1 - share) * p + share * masses / masses.sum()
        mixed.append(p)
    return np.array(mixed)


@pytest.fixture(scope="module")
def model():
    return TinyLanguageModel()


@pytest.mark.parametrize(
    ("window", "length", "flatness"),
    [(4, 3, 0.7), (4, 40, 0.7), (9, 1, 2.0), (100, 10, 0.0), (1, 5, 0.3)],
)
def test_equals_a_loop(model, window, length, flatness):
    cache = NeuralCache(0.3, flatness, window)
    scorer = Scorer(model, neural_cache=cache)
    texts = [random_text(24, seed) for seed in range(2)]
    log_probs, correct = scored(scorer, segments(texts, length))
    for row, hits, text in zip(log_probs, correct, texts, strict=True):
        mixed = brute_force(*model.reference(text[:-1]), text[1:], cache)
        wanted = np.log(mixed[np.arange(23), text[1:]])
        np.testing.assert_allclose(row, wanted, atol=1e-5)
        np.testing.assert_array_equal(hits, mixed.argmax(axis=-1) == text[1:])
    assert not np.allclose(log_probs, scored(Scorer(model), segments(texts, 9))[0])


def test_a_new_text_has_an_empty_cache(model):
    scorer = Scorer(model, neural_cache=NeuralCache(0.3, 0.7, 50))
    texts = [random_text(18, seed) for seed in range(3)]
    found = scorer.score_sequences(texts[:1], segment_length=5)[0]
    # After another text in the same row, and padded beside longer ones.
    batches = [*segments(texts[1:2], 6), *segments(texts[:1], 6)]
    after, _ = scored(scorer, batches)
    np.testing.assert_allclose(after[0, 17:], found, atol=1e-5)
    beside = scorer.score_sequences([texts[0], texts[1], random_text(40, 7)])
    np.testing.assert_allclose(beside[0], found, atol=1e-5)
    alone, _ = scored(Scorer(model), segments(texts[:1], 6))
    assert found[0] == pytest.approx(alone[0, 0], abs=1e-5)
    assert not np.allclose(found[1:], alone[0, 1:])


def test_probabilities_too_small_for_a_float():
    model = TinyLanguageModel()
    model.set_weights([100 * w for w in model.get_weights()])
    cache = NeuralCache(0.2, 1.0, 10)
    text = random_text(30)
    found, _ = scored(Scorer(model, neural_cache=cache), segments([text], 8))
    mixed = brute_force(*model.reference(text[:-1]), text[1:], cache)
    wanted = np.log(mixed[np.arange(29), text[1:]])
    assert wanted.min() < -110
    np.testing.assert_allclose(found[0], wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interpolation": 0.0}, "interpolation: expected between 0 and 1, found 0.0"),
        ({"interpolation": 1.0}, "interpolation"),
        ({"flatness": -1.0}, "flatness: expected at least 0"),
        ({"window": 0}, "window: expected at least 1"),
    ],
)
def test_numbers_out_of_range(options, message):
    with pytest.raises(SeqkitError, match=message):
        NeuralCache(**options)
