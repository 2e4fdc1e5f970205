"""How often a language model prefers the right one of two forms in the stories."""

from collections.abc import Callable

from seqkit.samples.language_modeling import agreement_pairs


def agreement_scores(
    log_probs: Callable[[list[str]], list[float]], split: str, most: int = 400
) -> dict[str, float]:
    """The fraction of pairs in which the right form is more probable."""
    pairs = agreement_pairs(split)[:most]
    texts = [pair.prefix + form for pair in pairs for form in (pair.right, pair.wrong)]
    found = log_probs(texts)
    passed = [r > w for r, w in zip(found[::2], found[1::2], strict=True)]
    hard = [p for p, pair in zip(passed, pairs, strict=True) if pair.attractors]
    return {
        "agreement": sum(passed) / len(passed),
        "agreement_with_attractors": sum(hard) / len(hard),
    }
