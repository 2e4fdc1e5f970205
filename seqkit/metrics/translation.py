"""Corpus scores of translations."""

from collections.abc import Sequence

from seqkit.errors import SeqkitError


def translation_scores(
    predictions: Sequence[str], references: Sequence[str], *, lowercase: bool = False
) -> dict[str, float | str]:
    """BLEU and chrF of a corpus, with the signatures that make them comparable.

    Both come from sacreBLEU (Post 2018, arXiv:1804.08771): BLEU with the 13a tokenizer,
    chrF2 over characters, each between 0 and 100.

    Args:
        predictions: Translations, detokenised.
        references: One reference per prediction, detokenised.
        lowercase: Whether case is ignored.

    Returns:
        `bleu`, `chrf` and their signatures `signature` and `chrf_signature`.

    Raises:
        SeqkitError: There is nothing to score, or the numbers differ.

    Example:

    >>> scores = translation_scores(["Ein Hund rennt ."], ["Ein Hund rennt ."])
    >>> round(scores["bleu"]), scores["signature"].split("|")[3]
    (100, 'tok:13a')
    """
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    if len(predictions) != len(references) or not predictions:
        raise SeqkitError(
            "expected as many predictions as references and at least one, found "
            f"{len(predictions)} predictions and {len(references)} references"
        )
    bleu, chrf = BLEU(lowercase=lowercase), CHRF(lowercase=lowercase)
    bleu_score = bleu.corpus_score(predictions, [references])
    chrf_score = chrf.corpus_score(predictions, [references])
    return {
        "bleu": bleu_score.score,
        "chrf": chrf_score.score,
        "signature": str(bleu.get_signature()),
        "chrf_signature": str(chrf.get_signature()),
    }
