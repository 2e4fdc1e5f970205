import importlib
import math

import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU

from seqkit.metrics import Measures, bootstrap, fraction, translation_measures
from tests.metrics.sentences import systems


def test_the_interval_of_bleu_is_that_of_sacrebleu():
    references, first, _ = systems()
    theirs = BLEU().corpus_score(first, [references], n_bootstrap=300)
    found = bootstrap(translation_measures(first, references), samples=300)
    mine = found["bleu",]
    assert mine.value == pytest.approx(theirs.score)
    assert (mine.high - mine.low) / 2 == pytest.approx(theirs._ci, rel=1e-3)
    assert mine.low < theirs._mean < mine.high


@pytest.mark.parametrize("share, size", [(0.5, 400), (0.9, 900)])
def test_the_interval_of_an_accuracy_is_that_of_a_binomial(share, size):
    right = np.arange(size) < share * size
    value, low, high = bootstrap(fraction("accuracy", right), samples=4000)["accuracy",]
    assert value == pytest.approx(share)
    width = 1.96 * math.sqrt(share * (1 - share) / size)
    assert (low, high) == pytest.approx((share - width, share + width), abs=0.1 * width)


def test_chunks_change_nothing(monkeypatch):
    measures = fraction("accuracy", np.arange(50) % 3 == 0)
    whole = bootstrap(measures, samples=99)
    module = importlib.import_module("seqkit.metrics.bootstrap")
    monkeypatch.setattr(module, "_DRAWS", 170)
    assert bootstrap(measures, samples=99) == whole
    assert bootstrap(measures, samples=99, seed=1) != whole


def test_one_example_and_no_figures_have_no_interval():
    assert bootstrap(fraction("accuracy", [True])) == {}
    assert bootstrap(Measures({}, {"bleu": 3.0, "signature": "x"})) == {}
