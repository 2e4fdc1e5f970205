import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.significance import PairedTest

from seqkit.errors import SeqkitError
from seqkit.metrics import (
    fraction,
    paired_tests,
    token_measures,
    translation_measures,
)
from tests.metrics.sentences import systems


def test_p_values_are_those_of_sacrebleu():
    references, *both = systems()
    measures = [translation_measures(one, references) for one in both]
    mine = paired_tests(*measures, samples=300)
    for kind, name in (("bs", "p_bootstrap"), ("ar", "p_randomization")):
        metrics = {"bleu": BLEU(), "chrf": CHRF()}
        named = list(zip("ab", both, strict=True))
        test = PairedTest(named, metrics, [references], test_type=kind, n_samples=300)
        _, theirs = test()
        for figure, key in (("bleu", "BLEU"), ("chrf", "chrF2")):
            found, result = mine[figure,], theirs[key][1]
            assert found.value == pytest.approx(result.score)
            assert getattr(found, name) == pytest.approx(result.p_value, abs=0.01)


def test_a_difference_by_chance_and_one_that_is_none():
    rng = np.random.default_rng(0)
    one, same = rng.random((2, 500)) < 0.7
    better = one | (rng.random(500) < 0.5)
    chance = paired_tests(*(fraction("accuracy", x) for x in (one, same)))["accuracy",]
    sure = paired_tests(*(fraction("accuracy", x) for x in (one, better)))["accuracy",]
    assert min(chance.p_bootstrap, chance.p_randomization) > 0.1
    assert chance.low < 0 < chance.high
    assert max(sure.p_bootstrap, sure.p_randomization) < 0.01
    assert 0 < sure.low < sure.value - sure.baseline < sure.high


def test_nothing_is_better_than_itself():
    measures = fraction("accuracy", np.arange(30) % 2 == 0)
    found = paired_tests(measures, measures, samples=50)["accuracy",]
    assert (found.p_bootstrap, found.p_randomization) == (1, 1)
    assert (found.low, found.high) == (0, 0)


def test_figures_of_other_units_are_not_compared():
    totals = np.ones((5, 3))
    assert paired_tests(token_measures(totals, "a"), token_measures(totals, "b")) == {}
    with pytest.raises(SeqkitError, match="found 5 and 4"):
        paired_tests(token_measures(totals, "a"), token_measures(totals[1:], "a"))
