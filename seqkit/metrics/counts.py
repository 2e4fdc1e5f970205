"""Precision, recall and F1 of kinds: classes, tags, types of entities."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from seqkit.metrics.measures import Figure, divide

RIGHT, GOLD, FOUND = range(3)


def count_statistics(
    triples: Iterable[tuple[Iterable[int], ...]],
    num_kinds: int,
) -> Any:
    """How often each example has each kind, a sparse array `[N, 3 * K]`.

    Args:
        triples: For each example the numbers of the kinds that are right, that are in
            the gold, and that were found; a number may occur several times.
        num_kinds: K.
    """
    from scipy.sparse import coo_array

    rows, columns, number = [], [], -1
    for number, triple in enumerate(triples):
        for place, kinds in enumerate(triple):
            columns += [place * num_kinds + kind for kind in kinds]
        rows += [number] * (len(columns) - len(rows))
    shape, ones = (number + 1, 3 * num_kinds), np.ones(len(rows))
    return coo_array((ones, (rows, columns)), shape).tocsr()


def _kinds(sums: np.ndarray) -> np.ndarray:
    """Right, gold and found of each kind, `[..., 3, K]`."""
    return sums.reshape(*sums.shape[:-1], 3, -1)


def precision(counts: np.ndarray) -> np.ndarray:
    """Of right, gold and found `[..., 3]`; a division by zero is 0."""
    return divide(counts[..., RIGHT], counts[..., FOUND])


def recall(counts: np.ndarray) -> np.ndarray:
    """Of right, gold and found `[..., 3]`; a division by zero is 0."""
    return divide(counts[..., RIGHT], counts[..., GOLD])


def f1(counts: np.ndarray) -> np.ndarray:
    """Of right, gold and found `[..., 3]`; a division by zero is 0."""
    return divide(2 * counts[..., RIGHT], counts[..., GOLD] + counts[..., FOUND])


def all_kinds(statistics: Any) -> np.ndarray:
    """Right, gold and found of all kinds together, `[N, 3]` of `[N, 3 * K]`."""
    together = np.kron(np.eye(3), np.ones((statistics.shape[1] // 3, 1)))
    return np.asarray(statistics @ together)


def macro(names: Sequence[str], statistics: str) -> Figure:
    """The figure `macro_f1`, of models that know the same kinds."""
    return Figure(statistics, macro_f1, unit=_unit(names))


def _unit(names):
    """Figures of other kinds are of another unit, and are not compared."""
    return repr(list(names))


def macro_f1(sums: np.ndarray) -> np.ndarray:
    """The mean F1 of the kinds that are in the gold or were found."""
    counts = np.moveaxis(_kinds(sums), -2, -1)
    occurs = counts[..., GOLD] + counts[..., FOUND] > 0
    return divide((f1(counts) * occurs).sum(axis=-1), occurs.sum(axis=-1))


def by_kind(names: Sequence[str], statistics: str) -> Mapping[str, Any]:
    """For each kind its `precision`, `recall`, `f1` and `support`, as figures."""

    def of(number, function):
        return lambda sums: function(_kinds(sums)[..., number])

    def support(counts):
        return counts[..., GOLD]

    functions = {"precision": precision, "recall": recall, "f1": f1}
    unit = _unit(names)
    return {
        name: {
            **{k: Figure(statistics, of(n, one), unit) for k, one in functions.items()},
            "support": Figure(statistics, of(n, support), count=True),
        }
        for n, name in enumerate(names)
    }


def nested(
    names: Sequence[str], pairs: Mapping[tuple[str, str], int]
) -> dict[str, dict[str, int]]:
    """Counts as `{row: {column: count}}`, ordered as names; every name has a row."""
    table = {name: {} for name in names}
    place = {name: n for n, name in enumerate(names)}
    for row, column in sorted(pairs, key=lambda pair: place[pair[1]]):
        table[row][column] = int(pairs[row, column])
    return table
