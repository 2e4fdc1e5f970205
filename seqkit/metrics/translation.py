"""Corpus scores of translations."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.metrics.measures import Figure, Measures, each

# sacreBLEU's own tokenizers, by the codes and names of a language.
_BY_LANGUAGE = {
    **dict.fromkeys(("zh", "zho", "chi", "cmn", "yue", "chinese"), "zh"),
    **dict.fromkeys(("ja", "jpn", "japanese"), "ja-mecab"),
    **dict.fromkeys(("ko", "kor", "korean"), "ko-mecab"),
}
# Scripts without spaces between words, and the languages that use them.
_BY_LANGUAGE |= dict.fromkeys(
    "th tha thai lo lao km khm khmer my mya bur burmese bo bod tib tibetan".split(),
    "char",
)
_BY_SCRIPT = {
    "CJK": "zh",
    "HIRAGANA": "ja-mecab",
    "KATAKANA": "ja-mecab",
    "HANGUL": "ko-mecab",
    **dict.fromkeys(("THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"), "char"),
}


def bleu_tokenizer(language: str, references: Iterable[str] = ()) -> str:
    """The name of sacreBLEU's tokenizer for a target language.

    Args:
        language: A code such as `"zh"`, `"zh-CN"` or `"zho_Hans"`, or a name such as
            `"chinese"`.
        references: Texts whose script decides for every other language, and where a
            column is named `target`.

    Returns:
        `"zh"` for Chinese, `"ja-mecab"` for Japanese, `"ko-mecab"` for Korean, `"char"`
        for Thai, Lao, Khmer, Burmese and Tibetan, which put no spaces between words;
        `"13a"` for all others.

    >>> from seqkit.metrics import bleu_tokenizer
    >>> bleu_tokenizer("zh-CN"), bleu_tokenizer("de"), bleu_tokenizer("x", ["ねこ"])
    ('zh', '13a', 'ja-mecab')
    """
    code = re.split("[-_]", language.casefold())[0]
    if code in _BY_LANGUAGE:
        return _BY_LANGUAGE[code]
    letters = Counter(filter(str.isalpha, "".join(references)))
    scripts = Counter()
    for letter, count in letters.items():
        name = unicodedata.name(letter, "").split(" ")[0]
        scripts[_BY_SCRIPT.get(name, "13a")] += count
    if scripts["ja-mecab"] > scripts["zh"] / 10:  # Japanese has Chinese characters too
        scripts["ja-mecab"] += scripts.pop("zh", 0)
    best = scripts.most_common(1)
    return best[0][0] if best else "13a"


def usable_bleu_tokenizer(name: str) -> str:
    """The same tokenizer, or `"char"` if packages that it needs are not installed."""
    from sacrebleu.metrics.bleu import BLEU

    try:
        BLEU(tokenize=name)
    except RuntimeError:
        return "char"
    return name


def translation_scores(
    predictions: Sequence[str],
    references: Sequence[str],
    *,
    lowercase: bool = False,
    tokenizer: str = "13a",
) -> dict[str, Any]:
    """BLEU and chrF of a corpus, with the signatures that make them comparable.

    Both come from sacreBLEU (Post 2018, arXiv:1804.08771): BLEU over words, chrF2 over
    characters, each between 0 and 100.

    Args:
        predictions, references: Translations and one reference for each, detokenised.
        tokenizer: sacreBLEU's name of what splits texts into words for BLEU;
            `bleu_tokenizer` names the one for a language.

    Returns:
        `bleu`, `chrf` and their signatures `signature` and `chrf_signature`.

    Raises:
        SeqkitError: There is nothing to score, the numbers differ, or the tokenizer is
            unknown or needs a package that is not installed.

    >>> scores = translation_scores(["Ein Hund rennt ."], ["Ein Hund rennt ."])
    >>> round(scores["bleu"]), scores["signature"].split("|")[3]
    (100, 'tok:13a')
    """
    return translation_measures(
        predictions, references, lowercase=lowercase, tokenizer=tokenizer
    ).values()


def translation_measures(
    predictions: Sequence[str],
    references: Sequence[str],
    *,
    lowercase: bool = False,
    tokenizer: str = "13a",
) -> Measures:
    """The `Measures` of translations, from which `translation_scores` follow."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    if len(predictions) != len(references) or not predictions:
        raise SeqkitError(
            "expected as many predictions as references and at least one, found "
            f"{len(predictions)} predictions and {len(references)} references"
        )
    if tokenizer not in BLEU.TOKENIZERS:
        known = ", ".join(BLEU.TOKENIZERS)
        raise SeqkitError(f"tokenizer: expected one of {known}, found {tokenizer!r}")
    try:
        bleu = BLEU(lowercase=lowercase, tokenize=tokenizer)
    except RuntimeError as error:
        package = f"sacrebleu[{tokenizer[:2]}]"
        raise SeqkitError(
            f"tokenizer: {tokenizer} requires a further package: pip install "
            f"'{package}'. Or choose char, which needs none."
        ) from error
    chrf = CHRF(lowercase=lowercase)
    statistics = {
        "bleu": sacrebleu_statistics(bleu, predictions, [references]),
        "chrf": sacrebleu_statistics(chrf, predictions, [references]),
    }
    return Measures(
        statistics,
        {
            "bleu": Figure("bleu", each(sacrebleu_score(bleu))),
            "chrf": Figure("chrf", each(sacrebleu_score(chrf))),
            "signature": str(bleu.get_signature()),
            "chrf_signature": str(chrf.get_signature()),
        },
    )


def sacrebleu_statistics(metric: Any, predictions: Any, references: Any) -> np.ndarray:
    """What sacreBLEU counts of each sentence, `[N, K]`, as its paired tests do."""
    return np.array(metric._extract_corpus_statistics(predictions, references), float)


def sacrebleu_score(metric: Any) -> Callable[[np.ndarray], float]:
    """The score of sums of these counts `[K]`."""
    return lambda sums: float(metric._compute_score_from_stats(sums.tolist()).score)
