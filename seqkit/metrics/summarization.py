"""ROUGE of summaries with several references each."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.metrics.measures import Figure, Measures, mean_of

NAMES = {"rouge_1": "rouge1", "rouge_2": "rouge2", "rouge_l": "rougeL"}


def summary_scores(
    summaries: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    stemmer: bool = True,
) -> dict[str, Any]:
    """ROUGE-1, ROUGE-2 and ROUGE-L of summaries (Lin 2004), from 0 to 100.

    By the package `rouge-score`: F1 over words in lower case, of each summary the best
    among its references, and the mean of all summaries.

    Args:
        summaries: N texts.
        references: For each a list of its right summaries, at least one.
        stemmer: Whether words are compared without their endings, by Porter's stemmer.

    Returns:
        `rouge_1`, `rouge_2`, `rouge_l` and `rouge_signature`, their settings.

    Raises:
        SeqkitError: There is nothing to score, numbers differ, or `rouge-score` is not
            installed.

    >>> from seqkit.metrics import summary_scores
    >>> scores = summary_scores(["the dog barks"], [["a cat", "the dogs bark"]])
    >>> round(scores["rouge_1"]), round(scores["rouge_2"])
    (100, 100)
    """
    return summary_measures(summaries, references, stemmer=stemmer).values()


def summary_measures(
    summaries: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    stemmer: bool = True,
) -> Measures:
    """The `Measures` of summaries, from which `summary_scores` follow."""
    check_rouge()
    from rouge_score.rouge_scorer import RougeScorer

    if len(summaries) != len(references) or not len(summaries):
        raise SeqkitError(
            "expected as many summaries as lists of references and at least one, found "
            f"{len(summaries)} summaries and {len(references)} lists of references"
        )
    for row, group in enumerate(references):
        if isinstance(group, str) or not len(group):
            raise SeqkitError(
                f"references, row {row}: expected a list of texts, found {group!r}"
            )
    scorer = RougeScorer(list(NAMES.values()), use_stemmer=stemmer)
    rows = []
    for summary, group in zip(summaries, references, strict=True):
        scores = [scorer.score(one, summary) for one in group]
        best = [max(s[name].fmeasure for s in scores) for name in NAMES.values()]
        rows.append([*best, 1])
    counts = [len(group) for group in references]
    refs = str(min(counts)) if min(counts) == max(counts) else "var"
    figures: dict[str, Any] = {
        name: Figure("rouge", _percent(place)) for place, name in enumerate(NAMES)
    }
    figures["rouge_signature"] = (
        f"nrefs:{refs}|refs:best|mean:summaries|f1|case:lc|"
        f"stem:{'porter' if stemmer else 'no'}|rouge-score-{version('rouge-score')}"
    )
    return Measures({"rouge": np.array(rows, "float64")}, figures)


def _percent(place):
    mean = mean_of(place, len(NAMES))
    return lambda sums: 100 * mean(sums)


def check_rouge() -> None:
    """Raises a SeqkitError if the package of the scores is not installed."""
    try:
        import rouge_score  # noqa: F401
    except ImportError as error:
        raise SeqkitError(
            "ROUGE: expected the package rouge-score, found none. Install it with pip "
            "install 'seqkit[rouge]'."
        ) from error
