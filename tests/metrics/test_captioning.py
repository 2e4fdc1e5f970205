"""Scores of captions, against slow implementations and figures done by hand."""

import itertools
import math

import numpy as np
import pytest
import sacrebleu

from seqkit.errors import SeqkitError
from seqkit.metrics import caption_scores
from seqkit.metrics.caption_tokens import caption_tokens


def corpus(seed, images=12, words=9):
    """Captions of few words, so that n-grams meet; 1 to 4 references an image."""
    rng = np.random.default_rng(seed)

    def caption():
        return " ".join(f"w{n}" for n in rng.integers(words, size=rng.integers(1, 10)))

    candidates = [caption() for _ in range(images)]
    references = [[caption() for _ in range(rng.integers(1, 5))] for _ in range(images)]
    references[0][0] = candidates[0]  # one that is right
    return candidates, references


def grams(tokens, n):
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


@pytest.mark.parametrize("seed", range(3))
def test_cider_equals_vectors_over_all_ngrams(seed):
    candidates, references = corpus(seed)
    split = [[text.split() for text in group] for group in references]
    total = 0.0
    for n in range(1, 5):
        everything = sorted(
            {g for c in candidates for g in grams(c.split(), n)}
            | {g for group in split for tokens in group for g in grams(tokens, n)}
        )
        found = np.array(
            [
                sum(any(gram in grams(t, n) for t in group) for group in split)
                for gram in everything
            ]
        )
        weight = np.log(len(split)) - np.log(np.maximum(found, 1))

        def vector(tokens, n=n, everything=everything, weight=weight):
            return weight * [grams(tokens, n).count(gram) for gram in everything]

        for candidate, group in zip(candidates, split, strict=True):
            for tokens in group:
                own, other = vector(candidate.split()), vector(tokens)
                size = np.linalg.norm(own) * np.linalg.norm(other)
                apart = len(candidate.split()) - len(tokens)
                if size:
                    cosine = np.minimum(own, other) @ other / size
                    gauss = np.exp(-(apart**2) / (2 * 6.0**2))
                    total += 10 * gauss * cosine / len(group) / 4 / len(split)
    assert total > 0.5
    assert caption_scores(candidates, references)["cider"] == pytest.approx(total)


def test_cider_by_hand():
    def cider(first):
        scores = caption_scores([first, "e f g h"], [["a b c d"], ["e f g h"]])
        return 2 * scores["cider"] - 10  # the second is right, which gives 10

    assert cider("a b c d") == pytest.approx(10)
    # Each n-gram occurs in one of two images: all weigh log 2. Of 4 words 2 are right,
    # of 3 pairs 1; the candidate is 2 words shorter.
    cosines = 2 / (math.sqrt(2) * 2) + 1 / math.sqrt(3)
    assert cider("a b") == pytest.approx(10 * math.exp(-4 / 72) * cosines / 4)
    # A word that is repeated counts as often as in the reference.
    assert cider("a a a a") == pytest.approx(10 * (1 / (4 * 2)) / 4)
    assert cider("") == cider("x y z") == 0


def test_cider_of_a_published_example():
    """The three pairs of SummEval's tests (Fabbri et al. 2021, arXiv:2007.12626).

    Words are numbers here: CIDEr only asks which are the same.
    """
    numbers = PUBLISHED.strip().splitlines()
    candidates, references = (
        [" ".join(f"w{n}" for n in line.split()) for line in numbers[start::2]]
        for start in (0, 1)
    )
    scores = caption_scores(candidates, [[text] for text in references])
    assert scores["cider"] == pytest.approx(2.5759014911864084, abs=1e-12)


def test_what_occurs_in_every_image_is_worth_nothing():
    candidates, references = ["a cat", "a dog"], [["a dog runs"], ["a cat sleeps"]]
    assert caption_scores(candidates, references)["cider"] == 0
    assert caption_scores(["a"], [["a"]])["cider"] == 0  # as of one image alone


@pytest.mark.parametrize("seed", range(2))
def test_bleu_is_that_of_coco(seed):
    """Clipped counts, the closest length, and sacreBLEU of each order by itself."""
    candidates, references = corpus(seed)
    scores = caption_scores(candidates, references)
    right, total, length, closest = np.zeros(4), np.zeros(4), 0, 0
    for candidate, group in zip(candidates, references, strict=True):
        tokens, group = candidate.split(), [text.split() for text in group]
        length += len(tokens)
        closest += min((abs(len(r) - len(tokens)), len(r)) for r in group)[1]
        for n in range(4):
            mine = grams(tokens, n + 1)
            total[n] += len(mine)
            for gram in set(mine):
                most = max(grams(r, n + 1).count(gram) for r in group)
                right[n] += min(mine.count(gram), most)
    columns = list(itertools.zip_longest(*references))
    for n in range(1, 5):
        precision = np.exp(np.mean(np.log(np.maximum(right[:n], 1e-99) / total[:n])))
        bleu = 100 * precision * min(1, math.exp(1 - closest / length))
        assert scores[f"bleu_{n}"] == pytest.approx(bleu, abs=1e-9)
        metric = sacrebleu.BLEU(
            tokenize="none", smooth_method="none", max_ngram_order=n, force=True
        )
        theirs = metric.corpus_score(candidates, columns).score
        assert scores[f"bleu_{n}"] == pytest.approx(theirs)
    assert scores["bleu_1"] > scores["bleu_2"] > 0


def longest_common(first, second):
    """By trying every subsequence."""
    for size in range(len(first), 0, -1):
        for chosen in itertools.combinations(first, size):
            rest = iter(second)
            if all(token in rest for token in chosen):
                return size
    return 0


@pytest.mark.parametrize("seed", range(2))
def test_rouge_l_equals_brute_force(seed):
    candidates, references = corpus(seed, words=4)
    total = 0.0
    for candidate, group in zip(candidates, references, strict=True):
        tokens, group = candidate.split(), [text.split() for text in group]
        common = [longest_common(tokens, other) for other in group]
        if any(common):
            p = max(common) / len(tokens)
            r = max(c / len(other) for c, other in zip(common, group, strict=True))
            total += (1 + 1.2**2) * p * r / (r + 1.2**2 * p) / len(candidates)
    got = caption_scores(candidates, references)["rouge_l"]
    assert got == pytest.approx(100 * total)


def test_words():
    assert caption_tokens("A man's dog, isn't it?") == (
        ["a", "man", "'s", "dog", "is", "n't", "it"]
    )
    # Texts that were parted before give the same.
    assert caption_tokens("a man 's dog , is n't it ?") == (
        caption_tokens("A man’s dog, isn’t it?")
    )
    assert caption_tokens("two T-shirts (blue) -- $3.50 at 10:30...") == (
        ["two", "t-shirts", "blue", "$", "3.50", "at", "10:30"]
    )
    assert caption_tokens("'rock' the boys' “bikes”") == (
        ["rock", "the", "boys", "bikes"]
    )
    assert caption_tokens("हिन्दी वाक्य।") == ["हिन्दी", "वाक्य"]
    assert caption_tokens(" . ") == []


def test_case_and_punctuation_change_nothing():
    first = caption_scores(["A dog runs.", "no"], [["a dog runs"], ["yes"]])
    assert first == caption_scores(["a dog , runs", "No!"], [["A Dog: runs!"], ["Yes"]])
    assert first["cider"] > 0 and "case:lc" in first["signature"]


def test_signature_says_what_was_counted():
    scores = caption_scores(["a"] * 2, [["a", "b"], ["a", "c"]])
    for part in ("refs:2|images:2", sacrebleu.__version__, "sigma:6", "beta:1.2"):
        assert part in scores["signature"]
    assert "refs:var" in caption_scores(["a"] * 2, [["a"], ["a", "c"]])["signature"]


def test_a_reference_without_a_word_does_not_count():
    some = caption_scores(["a b", "c"], [["a b d", "..."], ["c", ""]])
    none = caption_scores(["a b", "c"], [["a b d"], ["c"]])
    assert some == none


def test_nothing_said_scores_nothing():
    scores = caption_scores(["", "..."], [["a dog"], ["a cat"]])
    assert {scores[name] for name in scores if name != "signature"} == {0.0}


@pytest.mark.parametrize(
    ("candidates", "references", "message"),
    [
        ([], [], "at least one, found 0 candidates"),
        (["a"], [["a"], ["b"]], "1 candidates and 2 lists"),
        (["a", "b"], [["a"], []], "references, image 1: .* found \\[\\]"),
        (["a"], [["!", ""]], "references, image 0: .* at least one word"),
        (["a"], ["a dog"], "references, image 0: expected a list of captions"),
    ],
)
def test_what_cannot_be_scored(candidates, references, message):
    with pytest.raises(SeqkitError, match=message):
        caption_scores(candidates, references)


PUBLISHED = """
0 1 2 3 4 5 6 7
8 9 10 11 12 5 6 13
14 0 1 15 16 17 18 5 6 19 2 3 4 20 21 22 23 24 25 26
14 0 1 15 27 16 17 18 5 6 19 2 3 4 20 28 22 23 24 7 29 30
31 32 33 34 35 36 37 38 15 39 40 18 41 42 43 44 45 46 12 47
48 20 32 33 49 35 50 51 22 38 15 39 40 18 52 53 54 55 56 57 58 59 60 47
"""
