import numpy as np
import pytest

from seqkit.metrics import (
    classification_measures,
    classification_scores,
    tagging_measures,
    tagging_scores,
    token_measures,
)

NAMES = ["bad", "fine", "good"]


def classified(size=40, seed=0):
    rng = np.random.default_rng(seed)
    gold = [NAMES[n] for n in rng.integers(3, size=size)]
    return gold, rng.dirichlet(np.ones(3), size)


def tagged(size=30, seed=0):
    rng = np.random.default_rng(seed)
    tags = ["O", "B-PER", "I-PER", "B-LOC"]
    sizes = rng.integers(1, 6, size)
    return [[rng.choice(tags, n).tolist() for n in sizes] for _ in range(2)]


def test_figures_of_some_examples_are_those_of_them_alone():
    rows = [3, 5, 5, 8, 13]  # one of them twice, as in a resample
    gold, given = classified()
    found = classification_measures(gold, given, NAMES).select(rows).values()
    alone = classification_scores([gold[row] for row in rows], given[rows], NAMES)
    for name in ("accuracy", "macro_f1", "log_loss", "calibration_error"):
        assert found[name] == pytest.approx(alone[name])
    for name, row in alone["classes"].items():
        assert found["classes"][name] == pytest.approx(row)

    gold, given = tagged()
    found = tagging_measures(gold, given, "BIO").select(rows).values()
    alone = tagging_scores([gold[r] for r in rows], [given[r] for r in rows], "BIO")
    for name in ("precision", "recall", "f1", "accuracy"):
        assert found[name] == pytest.approx(alone[name])
    for name, row in alone["types"].items():
        assert found["types"][name] == pytest.approx(row)


def test_weights_count_examples():
    measures = classification_measures(*classified(), NAMES)
    rows = np.array([[3, 5, 5], [0, 1, 2]])
    weights = np.stack([np.bincount(one, minlength=40) for one in rows])
    for name, sums in measures.sums(weights.astype(float)).items():
        for row, chosen in zip(sums, rows, strict=True):
            assert row == pytest.approx(measures.select(chosen).sums()[name])


def test_one_example_by_itself():
    gold, given = classified()
    measures = classification_measures(gold, given, NAMES)
    losses = measures.by_example("log_loss")
    right = [
        -np.log(row[NAMES.index(name)]) for name, row in zip(gold, given, strict=True)
    ]
    assert losses == pytest.approx(right)
    assert losses.mean() == pytest.approx(measures.values()["log_loss"])


def test_counts_are_integers_and_nothing_is_zero():
    measures = classification_measures(*classified(), NAMES)
    assert all(
        type(row["support"]) is int for row in measures.values()["classes"].values()
    )
    assert token_measures(np.zeros((1, 3)), "").values()["accuracy"] == 0
