import numpy as np

from seqkit.metrics import fraction, token_measures
from seqkit.reports import Judgement, make_comparison


def judged(right, unit):
    totals = np.stack([np.where(right, 0.1, 2.0), right, np.ones(len(right))], axis=1)
    return Judgement(fraction("f1", right) | token_measures(totals, unit))


def test_which_is_better():
    rng = np.random.default_rng(0)
    poor, good = rng.random((2, 300)) < [[0.5], [0.8]]
    runs = {
        "base": judged(poor, "a"),
        "good": judged(good, "a"),
        "other": judged(good, "b"),
    }
    about = {"recipe": "tagging", "split": "test"}
    found = make_comparison(runs, about=about, samples=100, seed=1)
    data = found.as_dict()
    assert data["baseline"] == "base" and data["examples"] == 300
    f1, perplexity = data["figures"]["f1"], data["figures"]["perplexity"]
    assert f1["base"] == {"value": poor.mean()}
    assert f1["good"]["better"] is True and f1["good"]["difference"] > 0
    assert perplexity["good"]["better"] is True  # since it is lower
    assert perplexity["good"]["difference"] < 0
    assert set(perplexity["other"]) == {"value"}  # another tokenizer
    backwards = {"good": runs["good"], "base": runs["base"]}
    data = make_comparison(backwards, about=about, samples=100, seed=1).as_dict()
    assert data["figures"]["f1"]["base"]["better"] is False
    text = str(found)
    assert text.count("better") == 4 and "p bootstrap" in text


def test_figures_without_statistics_have_only_values():
    runs = {name: Judgement.of_scores({"bleu": 3.5, "signature": "x"}) for name in "ab"}
    about = {"recipe": "x", "split": "test"}
    data = make_comparison(runs, about=about, samples=10, seed=1).as_dict()
    assert data["figures"] == {"bleu": {"a": {"value": 3.5}, "b": {"value": 3.5}}}
