"""Corpus scores of captions with several references each."""

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.metrics.caption_tokens import caption_tokens
from seqkit.metrics.measures import Figure, Measures, each, mean_of
from seqkit.metrics.translation import sacrebleu_statistics

_SIGMA = 6.0
_BETA = 1.2
_ORDERS = 4


def caption_scores(
    candidates: Sequence[str], references: Sequence[Sequence[str]]
) -> dict[str, float | str]:
    """BLEU-1 to BLEU-4, CIDEr-D and ROUGE-L of captions, as in COCO's evaluation.

    Chen et al. 2015, arXiv:1504.00325; words are in lower case and without punctuation.
    A reference without a word, such as `"..."`, does not count.

    - BLEU-n (Papineni et al. 2002) of the corpus, by sacreBLEU: n-grams up to n, the
      closest reference length (of two the shorter), no smoothing.
    - CIDEr-D (Vedantam et al. 2015, arXiv:1411.5726, section 7). With N images, of
      which df(w) have the n-gram w in a reference, and h_w(s) its count in s,

          g_n(s)      = (h_w(s) log(N / max(1, df(w))))          for all n-grams w
          cider_n(c)  = 10 mean_s exp(-(|c| - |s|)^2 / 2σ^2)
                        <min(g_n(c), g_n(s)), g_n(s)> / (|g_n(c)| |g_n(s)|)

      over the references s of the candidate c, with σ = 6; the mean of n = 1 to 4 and
      of all images. The weights depend on the whole set of references, so scores of
      different sets cannot be compared, and that of a single image is always 0.
    - ROUGE-L (Lin 2004): with the longest common subsequence of candidate and
      reference, P its largest share of the candidate, R its largest share of a
      reference, `(1 + β^2) P R / (R + β^2 P)` with β = 1.2; the mean of all images.

    Args:
        candidates: One caption per image.
        references: For each image a list of its right captions, at least one.

    Returns:
        Dictionary: `bleu_1`, `bleu_2`, `bleu_3`, `bleu_4` and `rouge_l` from 0 to 100;
        `cider` from 0 to 10, people reach about 0.9 (papers often print it times 100);
        `exact`, the fraction of captions that equal a reference; and `signature`, the
        settings of all scores.

    Raises:
        SeqkitError: There is nothing to score, numbers differ, or an image has no
            reference with a word.

    >>> from seqkit.metrics import caption_scores
    >>> scores = caption_scores(
    ...     ["A dog runs on grass.", "Two men play chess"],
    ...     [["a dog runs on the grass", "a brown dog"], ["two men play chess"]])
    >>> round(scores["bleu_1"], 1), round(scores["cider"], 2)
    (89.5, 6.89)
    """
    return caption_measures(candidates, references).values()


def caption_measures(
    candidates: Sequence[str], references: Sequence[Sequence[str]]
) -> Measures:
    """The `Measures` of captions, from which `caption_scores` follow.

    The weights of CIDEr-D are those of all references, in any set of the images.
    """
    found, right = _tokens(candidates, references)
    counts = [len(group) for group in right]
    refs = str(min(counts)) if min(counts) == max(counts) else "var"
    rows = zip(
        _cider(found, right),
        map(_rouge_l, found, right),
        map(list.__contains__, right, found),
        itertools.repeat(1),
    )
    bleu, statistics = _bleu(found, right)
    return Measures(
        {"bleu": statistics, "images": np.array(list(rows), "float64")},
        {
            **bleu,
            "cider": Figure("images", mean_of(0, 3)),
            "rouge_l": Figure("images", lambda sums: 100 * mean_of(1, 3)(sums)),
            "exact": Figure("images", mean_of(2, 3)),
            "signature": f"refs:{refs}|images:{len(counts)}|case:lc|tok:caption|"
            f"bleu:sacrebleu-{version('sacrebleu')},smooth:none,ref_len:closest|"
            f"cider:d,n:{_ORDERS},sigma:{_SIGMA:g},df:references|"
            f"rouge_l:beta:{_BETA:g}",
        },
    )


def _tokens(candidates, references):
    candidates, references = list(candidates), list(references)
    if len(candidates) != len(references) or not candidates:
        raise SeqkitError(
            "expected as many candidates as lists of references and at least one, "
            f"found {len(candidates)} candidates and {len(references)} lists of "
            "references"
        )
    for row, group in enumerate(references):
        if isinstance(group, str) or not any(map(caption_tokens, group)):
            raise SeqkitError(
                f"references, image {row}: expected a list of captions with at least "
                f"one word, found {group!r}"
            )
    references = [[caption_tokens(text) for text in group] for group in references]
    return (
        [caption_tokens(text) for text in candidates],
        [[tokens for tokens in group if tokens] for group in references],
    )


def _mean(values):
    values = list(values)
    return sum(values) / len(values)


def _bleu(candidates, references):
    from sacrebleu.metrics.bleu import BLEU

    most = max(map(len, references))
    columns: Any = [
        [" ".join(group[n]) if n < len(group) else None for group in references]
        for n in range(most)
    ]
    # "force" avoids a warning about text that is split already.
    bleu = BLEU(tokenize="none", smooth_method="none", force=True)
    texts = [" ".join(tokens) for tokens in candidates]

    def score(most):
        def of(sums):
            lengths, counts = sums[:2].astype(int), sums[2:].reshape(2, -1)[:, :most]
            settings: Any = {"smooth_method": "none", "max_ngram_order": most}
            return bleu.compute_bleu(*counts.tolist(), *lengths, **settings).score

        return each(of)

    scores = {f"bleu_{n}": Figure("bleu", score(n)) for n in range(1, _ORDERS + 1)}
    return scores, sacrebleu_statistics(bleu, texts, columns)


def _cider(candidates, references):
    # The number of images with the n-gram in a reference.
    found_in = Counter(
        ngram
        for group in references
        for ngram in {ngram for tokens in group for ngram in _ngrams(tokens)}
    )
    images = math.log(len(references))

    def vector(counts):
        """The weights of a caption by n-gram, and the length of each order's part."""
        weights = {
            ngram: count * (images - math.log(max(1, found_in[ngram])))
            for ngram, count in counts.items()
        }
        squares = [0.0] * _ORDERS
        for ngram, weight in weights.items():
            squares[len(ngram) - 1] += weight**2
        return weights, [math.sqrt(square) for square in squares]

    scores = []
    for tokens, group in zip(candidates, references, strict=True):
        own = vector(_ngrams(tokens))
        similar = (
            math.exp(-((len(tokens) - len(other)) ** 2) / (2 * _SIGMA**2))
            * _similarity(own, vector(_ngrams(other)))
            for other in group
        )
        scores.append(10 * _mean(similar))
    return scores


def _ngrams(tokens):
    return Counter(
        tuple(tokens[start : start + n])
        for n in range(1, _ORDERS + 1)
        for start in range(len(tokens) - n + 1)
    )


def _similarity(candidate, reference):
    (weights, norms), (others, other_norms) = candidate, reference
    products = [0.0] * _ORDERS
    for ngram, weight in weights.items():
        other = others.get(ngram, 0.0)
        products[len(ngram) - 1] += min(weight, other) * other
    return _mean(
        product / (norm * other) if norm and other else 0.0
        for product, norm, other in zip(products, norms, other_norms, strict=True)
    )


def _rouge_l(candidate, references):
    common = [_longest_common(candidate, tokens) for tokens in references]
    if not any(common):
        return 0.0
    precision = max(common) / len(candidate)
    recall = max(n / len(r) for n, r in zip(common, references, strict=True))
    return (1 + _BETA**2) * precision * recall / (recall + _BETA**2 * precision)


def _longest_common(first, second):
    """Length of the longest common subsequence, one row of the table at a time."""
    lengths = [0] * (len(second) + 1)
    for token in first:
        diagonal = 0
        for place, other in enumerate(second, start=1):
            above = lengths[place]
            lengths[place] = (
                diagonal + 1 if token == other else max(above, lengths[place - 1])
            )
            diagonal = above
    return lengths[-1]
