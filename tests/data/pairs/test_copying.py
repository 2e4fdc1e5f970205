"""Ids of words that only the source of a row knows."""

import random

import pytest

from seqkit.data import SourceWords
from seqkit.special_ids import UNKNOWN_ID

V = 20


def random_rows(seed, count=200, longest=12):
    """Ids of which about half are known, the others from few large numbers."""
    rng = random.Random(seed)

    def one():
        return rng.choice(
            [rng.randrange(V), rng.choice([V, 99, 10**6, 2**31 - 1, 777])]
        )

    return [[one() for _ in range(rng.randrange(longest))] for _ in range(count)]


@pytest.mark.parametrize("max_extra", [1, 3, 50])
def test_extended_ids_go_there_and_back(max_extra):
    """Every word of a row is its own number's; what has none is unknown."""
    sources, targets = random_rows(0), random_rows(1)
    read, written = SourceWords(V, max_extra)(sources, targets)
    for source, target, new, wrote in zip(sources, targets, read, written, strict=True):
        words = list(dict.fromkeys(i for i in source if i >= V))[:max_extra]
        for before, after in ((source, new), (target, wrote)):
            back = [words[i - V] if i >= V else i for i in after]
            kept = {*range(V), *words}
            assert back == [i if i in kept else UNKNOWN_ID for i in before]
    assert max(max(row, default=0) for row in read) == V + min(max_extra, 5) - 1


def test_rows_do_not_share_words():
    number = SourceWords(V, 4)
    assert number([[99, 50], [50, 99]]) == ([[V, V + 1], [V, V + 1]], [])
    assert number([[99], [50]], [[50], [50]])[1] == [[UNKNOWN_ID], [V]]
    assert number([], []) == ([], [])
