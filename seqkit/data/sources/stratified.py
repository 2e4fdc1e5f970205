"""Choosing rows such that every label keeps examples among the others."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

KEPT = 2  # examples of each label that stay, all of them if there are no more


def choose_stratified(
    hashes: np.ndarray, labels: Iterable[frozenset[str]], wanted: int
) -> np.ndarray:
    """Returns the hashes of up to `wanted` rows, as many of each label as its share.

    A row with several labels counts for the rarest. Rows of the same hash stay
    together; of each label `KEPT` rows are not chosen.
    """
    rows = list(labels)
    counts, quota, rarest = _shares(Counter(rows), wanted)
    order = np.argsort(hashes, kind="stable")
    starts = np.flatnonzero(np.diff(hashes[order], prepend=np.uint64(0)) > 0)
    starts = np.union1d([0], starts)
    sizes = np.diff(starts, append=len(rows))
    chosen: dict[int, int] = {}  # number of rows by start
    left, rest = counts.copy(), wanted

    def take(start: int, size: int, most: int) -> bool:
        members = order[start : start + size]
        taken = Counter(name for row in members for name in rows[row])
        if size > most or any(left[n] - taken[n] < KEPT for n in taken):
            return False
        left.subtract(taken)
        chosen[start] = size
        return True

    groups = list(zip(starts.tolist(), sizes.tolist(), strict=True))
    for by_label in (True, False):  # then what labels could not fill
        for start, size in groups:
            if rest <= 0:
                break
            name = rarest[rows[order[start]]]
            most = min(quota[name], rest) if by_label else rest
            if most and start not in chosen and take(start, size, most):
                quota[name] -= size
                rest -= size
    if not chosen:  # texts repeat more often than that
        smallest = sorted(groups, key=lambda group: group[1])
        any(take(start, size, size) for start, size in smallest)
    return hashes[order[np.array(sorted(chosen), int)]]


def _shares(
    kinds: Counter[frozenset[str]], wanted: int
) -> tuple[Counter[str], dict[str, int], dict[frozenset[str], str]]:
    """Rows of each label, rows to choose by rarest label, and that of each set."""
    counts, sizes = Counter(), Counter()
    for names, number in kinds.items():
        counts.update(dict.fromkeys(names, number))
    rarest = {
        n: min(n, key=lambda name: (counts[name], name), default="") for n in kinds
    }
    for names, number in kinds.items():
        sizes[rarest[names]] += number
    quota, due = {}, 0.0
    for name in sorted(sizes, key=lambda name: (sizes[name], name)):
        due += wanted * sizes[name] / sizes.total()
        quota[name] = 0 if name and counts[name] <= KEPT else round(due)
        due -= quota[name]
    return counts, quota, rarest
