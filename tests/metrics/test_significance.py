import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.significance import PairedTest

from seqkit.errors import SeqkitError
from seqkit.metrics import (
    classification_measures,
    fraction,
    paired_tests,
    tagging_measures,
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


def test_models_that_know_other_classes():
    gold = ["good", "bad"] * 10
    sure = np.eye(2)[[0, 1] * 10] * 0.8 + 0.1
    one = classification_measures(gold, sure, ["good", "bad"])
    more = np.pad(sure[::-1], ((0, 0), (0, 1)))
    other = classification_measures(gold, more, ["good", "bad", "Good"])
    found = paired_tests(one, other, samples=50)
    assert set(found) == {("accuracy",), ("log_loss",), ("calibration_error",)}
    same = classification_measures(gold, more[:, :2], ["good", "bad"])
    again = paired_tests(one, same, samples=50)
    assert all(again[name] == figure for name, figure in found.items())
    assert ("macro_f1",) in again and ("classes", "bad", "f1") in again


def test_models_that_found_other_entities():
    gold = [["B-PER", "O", "B-LOC"], ["O", "B-PER", "O"]] * 8
    wrong = [["B-PER", "O", "B-ORG"], ["O", "B-PER", "O"]] * 8
    one, other = (tagging_measures(gold, tags, "BIO") for tags in (gold, wrong))
    found = paired_tests(one, other, samples=200)["f1",]
    assert (found.baseline, found.value) == (1, pytest.approx(2 / 3))
    assert found.p_bootstrap < 0.05 and found.p_randomization < 0.05
