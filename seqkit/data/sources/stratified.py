"""Choosing rows such that every label keeps examples among the others."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

KEPT = 2  # examples of each label that stay, all of them if there are no more


def choose_stratified(
    hashes: np.ndarray, labels: Sequence[Iterable[str]], wanted: int
) -> np.ndarray:
    """Returns the hashes of up to `wanted` rows, as many of each label as its share.

    A row with several labels counts for the rarest. Rows of the same hash stay
    together; of each label `KEPT` rows are not chosen.
    """
    rows = [set(names) for names in labels]
    counts = Counter(name for names in rows for name in names)
    groups: dict[int, list[int]] = defaultdict(list)
    for row in np.argsort(hashes, kind="stable").tolist():
        groups[int(hashes[row])].append(row)
    strata: dict[str, list[int]] = defaultdict(list)
    for value, members in groups.items():
        names = rows[members[0]]
        rarest = min(names, key=lambda name: (counts[name], name), default="")
        strata[rarest].append(value)
    left, chosen, missing = Counter(counts), [], 0.0

    def take(value: int, most: int) -> bool:
        members = groups[value]
        taken = Counter(name for row in members for name in rows[row])
        if len(members) > most or any(left[n] - taken[n] < KEPT for n in taken):
            return False
        left.subtract(taken)
        chosen.append(value)
        return True

    # The rarest first; what cannot be taken of one label is taken of the next.
    for name in sorted(strata, key=lambda name: (counts[name], name)):
        size = sum(len(groups[value]) for value in strata[name])
        missing += wanted * size / len(rows)
        for value in strata[name]:
            if take(value, round(missing)):
                missing -= len(groups[value])
    if not chosen:  # texts repeat more often than that
        smallest = sorted(groups, key=lambda value: len(groups[value]))
        any(take(value, len(rows)) for value in smallest)
    return np.array(sorted(chosen), hashes.dtype)
