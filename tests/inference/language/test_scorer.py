"""Scores against a NumPy loop over single tokens; what must not change them."""

import math

import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.inference import Scorer, ScoreTotals
from seqkit.inference.language.dynamic_evaluation import DynamicEvaluation
from tests.inference.language.fakes import (
    TinyLanguageModel,
    random_text,
    scored,
    segments,
)

LENGTH = 29


@pytest.fixture(scope="module")
def model():
    return TinyLanguageModel()


@pytest.fixture(scope="module")
def scorer(model):
    return Scorer(model)


def wanted(model, text):
    """Log-probabilities of the tokens after the first, and whether it is likeliest."""
    log_probs = model.reference(text[:-1])[1]
    targets = np.array(text[1:], int)
    return (
        log_probs[np.arange(len(targets)), targets],
        log_probs.argmax(axis=-1) == targets,
    )


@pytest.mark.parametrize("length", [1, 10, LENGTH, 40])
def test_the_cut_changes_nothing(model, scorer, length):
    text = random_text(LENGTH + 1)
    log_probs, correct = wanted(model, text)
    found, hits = scored(scorer, segments([text], length))
    np.testing.assert_allclose(found[0], log_probs, atol=1e-5)
    np.testing.assert_array_equal(hits[0], correct)
    totals = scorer.total(segments([text], length))
    assert totals.tokens == LENGTH
    assert totals.correct == correct.sum() > 0
    assert totals.nats == pytest.approx(-log_probs.sum(), rel=1e-6)
    assert totals.perplexity == pytest.approx(math.exp(-log_probs.mean()), rel=1e-5)


def test_rows_are_independent_and_begin_when_they_say(model, scorer):
    texts = [random_text(LENGTH + 1, seed) for seed in range(3)]
    found, _ = scored(scorer, segments(texts, 10))
    for row, text in zip(found, texts, strict=True):
        np.testing.assert_allclose(row, wanted(model, text)[0], atol=1e-5)
    # Another text in the second row alone, in the middle.
    first, second, _ = segments(texts, 10)
    inputs, targets, _ = second
    other = random_text(11, 9)
    inputs["token_ids"][1], targets[1] = other[:-1], other[1:]
    inputs["begins"][1] = True
    log_probs, _ = scored(scorer, [first, second])
    np.testing.assert_allclose(log_probs[1, 10:], wanted(model, other)[0], atol=1e-5)
    np.testing.assert_allclose(log_probs[[0, 2]], found[[0, 2], :20], atol=1e-6)


def test_a_call_starts_again_without_being_told(model, scorer):
    text = random_text(LENGTH + 1)
    for _ in range(2):
        found, _ = scored(scorer, segments([text], 10, begins=False))
        np.testing.assert_allclose(found[0], wanted(model, text)[0], atol=1e-5)


@pytest.mark.parametrize(("batch_size", "segment_length"), [(32, 64), (1, 7), (4, 20)])
def test_sequences_of_any_length(model, scorer, batch_size, segment_length):
    lengths = [3, 50, 0, 1, 2, 21, 17, 2]
    sequences = [random_text(n, seed).tolist() for seed, n in enumerate(lengths)]
    found = scorer.score_sequences(sequences, batch_size, segment_length)
    for log_probs, text in zip(found, sequences, strict=True):
        assert log_probs.dtype == np.float64
        expected = wanted(model, text)[0] if text else []
        np.testing.assert_allclose(log_probs, expected, atol=1e-5)
    assert scorer.score_sequences([]) == []


def test_weights_that_are_trained_on_are_seen(model):
    model = TinyLanguageModel(1)
    scorer = Scorer(model)
    text = random_text(11)
    scorer.total(segments([text], 10))
    model.set_weights([-w for w in model.get_weights()])
    found, _ = scored(scorer, segments([text], 10))
    np.testing.assert_allclose(found[0], wanted(model, text)[0], atol=1e-5)


def test_figures_come_from_totals():
    totals = ScoreTotals()
    for count in (1, 999):
        log_probs = np.full((1, 1000), -0.1, "float32")
        log_probs[0, count:] = np.nan  # padding may hold anything
        weights = (np.arange(1000) < count)[None]
        totals.add(log_probs, np.arange(1000)[None] % 2 == 0, weights)
    nats = 1000 * float(np.float32(0.1))
    assert (totals.tokens, totals.correct) == (1000, 1 + 500)
    assert totals.nats == pytest.approx(nats, rel=1e-12)
    assert totals.accuracy == 0.501
    assert totals.perplexity == pytest.approx(math.exp(nats / 1000))
    assert totals.bits_per_token == pytest.approx(nats / 1000 / math.log(2))
    assert totals.perplexity_per_word(250) == pytest.approx(math.exp(nats / 250))
    assert totals.bits_per_character(4000) == pytest.approx(nats / 4000 / math.log(2))


def test_sums_are_in_float64():
    totals = ScoreTotals()
    log_probs = np.full((1, 100_000), -0.1, "float32")
    for _ in range(200):
        totals.add(log_probs, log_probs > 0, np.ones((1, 100_000)))
    assert totals.nats == pytest.approx(2e7 * float(np.float32(0.1)), rel=1e-12)


def test_figures_that_overflow_are_infinite():
    totals = ScoreTotals(nats=1e5, tokens=10)
    assert totals.perplexity == totals.perplexity_per_word(5) == math.inf
    totals.add(np.array([[-math.inf]]), np.array([[False]]), np.ones((1, 1)))
    assert totals.perplexity == totals.bits_per_token == math.inf


def test_nothing_to_score():
    totals = ScoreTotals()
    for name in ("perplexity", "bits_per_token", "accuracy"):
        with pytest.raises(SeqkitError, match="expected tokens to score, found none"):
            getattr(totals, name)
    with pytest.raises(SeqkitError, match="expected words"):
        ScoreTotals(1.0, 1).perplexity_per_word(0)
    with pytest.raises(SeqkitError, match="expected characters"):
        ScoreTotals(1.0, 1).bits_per_character(0)


def test_rows_that_change(model, scorer):
    two = next(segments([random_text(5), random_text(5, 1)], 4))
    one = next(segments([random_text(5)], 4))
    assert scorer.total([two, one, two]).tokens == 20
    one[0]["begins"][:] = False
    with pytest.raises(SeqkitError, match="segment 1: expected 2 rows.*found 1 rows"):
        scorer.total([two, one])


def test_shapes_that_do_not_fit(scorer):
    inputs, targets, weights = next(segments([random_text(5)], 4))
    with pytest.raises(SeqkitError, match=r"segment 0: .*\(1, 4\), \(1,\), \(1, 3\)"):
        scorer.total([(inputs, targets[:, 1:], weights)])


def test_no_learning_from_one_sequence_for_another(model):
    scorer = Scorer(model, dynamic_evaluation=DynamicEvaluation(0.1))
    with pytest.raises(SeqkitError, match="each by itself"):
        scorer.score_sequences([[1, 2]])
