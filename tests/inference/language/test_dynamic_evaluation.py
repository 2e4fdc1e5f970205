"""Each step of learning against the same by hand, for a table of bigrams."""

import keras
import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.inference.language.dynamic_evaluation import DynamicEvaluation
from seqkit.inference.language.neural_cache import NeuralCache
from seqkit.inference.language.scorer import Scorer
from seqkit.models import (
    MambaLanguageModel,
    RecurrentLanguageModel,
    TransformerLanguageModel,
)
from seqkit.training import TokenCrossentropy
from tests.inference.language.fakes import (
    Bigram,
    TinyLanguageModel,
    V,
    log_softmax,
    random_text,
    scatter,
    scored,
    segments,
)
from tests.inference.language.test_neural_cache import brute_force

TEXT = random_text(24)


def gradient(table, token_ids, targets):
    """That of the mean loss per token, one token after the other."""
    result = np.zeros((V, V))
    for token, target in zip(token_ids, targets, strict=True):
        result[token] += np.exp(log_softmax(table[token])) - np.eye(V)[target]
    return result / len(targets)


def by_hand(model, text, length, learn):
    """The rows of logits that each token was scored with, `[T, V]`."""
    table = np.array(model.get_weights()[0], "float64")
    trained, seen = table.copy(), []
    for start in range(0, len(text) - 1, length):
        targets = text[start + 1 : start + length + 1]
        token_ids = text[start : start + len(targets)]
        seen += [table[token] for token in token_ids]
        table = learn(table, gradient(table, token_ids, targets), trained)
    return np.array(seen)


def chosen(logits, text):
    return log_softmax(logits)[np.arange(len(text) - 1), text[1:]]


@pytest.mark.parametrize(("length", "decay"), [(1, 0.0), (5, 0.3), (30, 0.1)])
def test_plain_steps(length, decay):
    model = Bigram()
    before = model.get_weights()
    dynamic = DynamicEvaluation(0.8, decay=decay)
    scorer = Scorer(model, dynamic_evaluation=dynamic)
    found, _ = scored(scorer, segments([TEXT], length))
    logits = by_hand(
        model, TEXT, length, lambda w, g, w0: w - 0.8 * g + decay * (w0 - w)
    )
    np.testing.assert_allclose(found[0], chosen(logits, TEXT), atol=1e-5)
    # What is learnt in one call is forgotten for the next, and the model never knew.
    again, _ = scored(scorer, segments([TEXT], length))
    np.testing.assert_allclose(found, again, atol=1e-6)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    plain, _ = scored(Scorer(model), segments([TEXT], length))
    np.testing.assert_allclose(found[0, :length], plain[0, :length], atol=1e-6)
    assert np.allclose(found, plain) == (length == 30)


def test_steps_scaled_by_the_training_gradients():
    model = Bigram()
    train = random_text(36, 5)
    squares = Scorer(model).gradient_mean_squares(segments([train], 5))
    table = np.array(model.get_weights()[0], "float64")
    pieces = [train[i : i + 6] for i in range(0, 35, 5)]
    wanted = np.mean([gradient(table, p[:-1], p[1:]) ** 2 for p in pieces], axis=0)
    np.testing.assert_allclose(squares[0], wanted, rtol=1e-4, atol=1e-8)
    np.testing.assert_array_equal(squares[1], np.zeros(3))  # a weight without a use

    # The mean over tensors' means: that of the unused weight counts, as 0.
    root, mean = np.sqrt(wanted), np.sqrt(wanted).mean() / 2
    decay = 0.2
    pull = decay * np.minimum(root / mean, 1 / decay)
    assert pull.max() == 1.0 > pull.min()  # where it would overshoot, it is clipped
    dynamic = DynamicEvaluation(0.05, decay, 1e-3, squares)
    scorer = Scorer(model, dynamic_evaluation=dynamic)
    found, _ = scored(scorer, segments([TEXT], 5))
    logits = by_hand(
        model,
        TEXT,
        5,
        lambda w, g, w0: w - 0.05 * g / (root + 1e-3) + pull * (w0 - w),
    )
    np.testing.assert_allclose(found[0], chosen(logits, TEXT), atol=1e-4)


def test_with_a_cache_the_model_learns_from_its_own_loss():
    model = Bigram()
    cache = NeuralCache(0.3, 0.1, 6)
    scorer = Scorer(
        model, neural_cache=cache, dynamic_evaluation=DynamicEvaluation(0.8)
    )
    found, _ = scored(scorer, segments([TEXT], 5))
    logits = by_hand(model, TEXT, 5, lambda w, g, w0: w - 0.8 * g)
    mixed = brute_force(logits, log_softmax(logits), TEXT[1:], cache)
    wanted = np.log(mixed[np.arange(23), TEXT[1:]])
    np.testing.assert_allclose(found[0], wanted, atol=1e-5)


def test_a_recurrent_model_learns_a_text_that_repeats_itself():
    model = TinyLanguageModel()
    text = np.tile(random_text(6), 20)
    plain = Scorer(model).total(segments([text], 6))
    dynamic = DynamicEvaluation(0.3)
    learning = Scorer(model, dynamic_evaluation=dynamic).total(segments([text], 6))
    assert learning.tokens == plain.tokens == 119
    assert learning.nats < 0.7 * plain.nats
    assert learning.correct > plain.correct


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_weights_are_as_trained_after_a_break(error):
    model = TinyLanguageModel()
    before = model.get_weights()

    def broken():
        yield from list(segments([TEXT], 5))[:3]
        raise error

    scorer = Scorer(model, dynamic_evaluation=DynamicEvaluation(0.5))
    with pytest.raises(error):
        scorer.total(broken())
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rate": 0}, "learning_rate: expected above 0, found 0"),
        ({"decay": 1.5}, "decay: expected between 0 and 1, found 1.5"),
        ({"epsilon": 0}, "epsilon"),
    ],
)
def test_numbers_out_of_range(options, message):
    with pytest.raises(SeqkitError, match=message):
        DynamicEvaluation(**{"learning_rate": 0.1} | options)


def test_mean_squares_of_another_model():
    squares = Scorer(Bigram()).gradient_mean_squares(segments([TEXT], 5))
    dynamic = DynamicEvaluation(0.1, mean_squares=squares)
    scorer = Scorer(TinyLanguageModel(), dynamic_evaluation=dynamic)
    with pytest.raises(SeqkitError, match="expected those of this model"):
        scorer.total(segments([TEXT], 5))
    with pytest.raises(SeqkitError, match="expected training text, found none"):
        Scorer(Bigram()).gradient_mean_squares([])


def test_another_backend_is_refused(monkeypatch):
    scorer = Scorer(Bigram(), dynamic_evaluation=DynamicEvaluation(0.1))
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(SeqkitError, match="tensorflow or jax, found torch"):
        scorer.total(segments([TEXT], 5))


@pytest.mark.parametrize(
    "architecture",
    ["lstm", "transformer", pytest.param("mamba", marks=pytest.mark.slow)],
)
def test_a_step_is_that_of_fit(architecture):
    """The second half of a text, after `fit` on the first with plain SGD."""

    def build():
        sizes = {"hidden_dim": 8, "num_layers": 1, "dropout": 0.0}
        if architecture == "lstm":
            model = RecurrentLanguageModel(V, **sizes)
        elif architecture == "transformer":
            model = TransformerLanguageModel(V, context_length=9, num_heads=2, **sizes)
        else:
            model = MambaLanguageModel(V, **sizes)
        model.build()
        return model

    model, trained = build(), build()
    scatter(model, 3, scale=0.4)
    trained.set_weights(model.get_weights())
    first, second = segments([TEXT[:23]], 11)
    scorer = Scorer(model, dynamic_evaluation=DynamicEvaluation(0.5))
    found, _ = scored(scorer, [first, second])

    _, state = model.run(first[0]["token_ids"], model.initial_state(1))
    trained.compile(keras.optimizers.SGD(0.5), TokenCrossentropy())
    trained.train_on_batch(first[0], first[1])
    hidden, _ = trained.run(second[0]["token_ids"], state)
    logits = np.array(trained.logits(hidden), "float64")[0]
    np.testing.assert_allclose(found[0, 11:], chosen(logits, TEXT[11:23]), atol=1e-4)
    plain, _ = scored(Scorer(model), [first, second])
    np.testing.assert_allclose(found[0, :11], plain[0, :11], atol=1e-5)
    assert not np.allclose(found[0, 11:], plain[0, 11:], atol=1e-2)
