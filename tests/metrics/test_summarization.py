"""ROUGE with several references, counted by hand and by the package itself."""

from collections import Counter

import numpy as np
import pytest
from rouge_score.rouge_scorer import RougeScorer

from seqkit.errors import SeqkitError
from seqkit.metrics import summary_measures, summary_scores

NAMES = {"rouge_1": "rouge1", "rouge_2": "rouge2", "rouge_l": "rougeL"}


def corpus(seed, rows=25):
    """Texts of few words, so that n-grams meet; 1 to 4 references each."""
    rng = np.random.default_rng(seed)

    def text(least=1):
        words = [f"w{n}" for n in rng.integers(6, size=rng.integers(least, 9))]
        return " ".join(words)

    return (
        [text(0) for _ in range(rows)],
        [[text() for _ in range(rng.integers(1, 5))] for _ in range(rows)],
    )


def f1(shared, found, wanted):
    return 2 * shared / (found + wanted) if shared else 0.0


def ngram_f1(found, wanted, size):
    one, other = (
        Counter(zip(*(words[i:] for i in range(size)), strict=False))
        for words in (found, wanted)
    )
    return f1((one & other).total(), one.total(), other.total())


def longest_common(one, other):
    if not one or not other:
        return 0
    if one[-1] == other[-1]:
        return 1 + longest_common(one[:-1], other[:-1])
    return max(longest_common(one[:-1], other), longest_common(one, other[:-1]))


def test_rouge_is_the_mean_of_the_best_f1():
    summaries, references = corpus(0)
    best = []
    for summary, group in zip(summaries, references, strict=True):
        found, rows = summary.split(), []
        for wanted in map(str.split, group):
            common = longest_common(found, wanted)
            grams = [ngram_f1(found, wanted, size) for size in (1, 2)]
            rows.append([*grams, f1(common, len(found), len(wanted))])
        best.append(np.max(rows, axis=0))  # of each score for itself
    scores = summary_scores(summaries, references, stemmer=False)
    for name, want in zip(NAMES, 100 * np.mean(best, axis=0), strict=True):
        assert scores[name] == pytest.approx(want)
    assert "nrefs:var|refs:best" in scores["rouge_signature"]


@pytest.mark.parametrize("stemmer", [False, True])
def test_rouge_equals_the_package_for_several_references(stemmer):
    summaries = ["The runners were running.", "Meeting: 3 pm!", "", "Ünal wins"]
    references = [["A runner runs", "the runner was running"], ["meetings at 3pm"]]
    references += [["something"], ["Ünal won", "a win"]]
    scorer = RougeScorer(list(NAMES.values()), use_stemmer=stemmer)
    pairs = list(zip(references, summaries, strict=True))
    rows = [scorer.score_multi(group, summary) for group, summary in pairs]
    scores = summary_scores(summaries, references, stemmer=stemmer)
    for name, theirs in NAMES.items():
        want = 100 * np.mean([row[theirs].fmeasure for row in rows])
        assert scores[name] == pytest.approx(want)
    by_example = summary_measures(summaries, references, stemmer=stemmer).by_example
    want = [100 * row["rougeL"].fmeasure for row in rows]
    np.testing.assert_allclose(by_example("rouge_l"), want)
    kind = "porter" if stemmer else "no"
    assert f"stem:{kind}" in scores["rouge_signature"]


def test_more_references_are_never_worse():
    summaries, references = corpus(1)
    one = summary_scores(summaries, [group[:1] for group in references])
    every = summary_scores(summaries, references)
    assert all(every[name] > one[name] for name in NAMES)
    assert summary_scores(["a b"], [["x", "a b"]])["rouge_2"] == 100


def test_wrong_input_is_named():
    with pytest.raises(SeqkitError, match="2 summaries and 1 lists"):
        summary_scores(["a", "b"], [["a"]])
    with pytest.raises(SeqkitError, match="found 0 summaries"):
        summary_scores([], [])
    with pytest.raises(SeqkitError, match="references, row 1: .* found 'b'"):
        summary_scores(["a", "b"], [["a"], "b"])
    with pytest.raises(SeqkitError, match=r"references, row 0: .* found \[\]"):
        summary_scores(["a"], [[]])
