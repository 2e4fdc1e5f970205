"""Figures as functions of sums over examples, so that they hold for any set of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


class Figure(NamedTuple):
    """A figure of a set of examples, a function of the sum of their statistics.

    Attributes:
        statistics: The name of the statistics, `[N, K]`.
        function: From sums `[..., K]` to figures `[...]`.
        unit: What it is a mean of, where that depends on the model, such as the tokens
            of its tokenizer: figures of different units cannot be compared.
        count: Whether it is a number of things: an integer, and nothing to test.
    """

    statistics: str
    function: Callable[[np.ndarray], Any]
    unit: str = ""
    count: bool = False


Path = tuple[str, ...]
"""The names that lead to a nested figure."""


@dataclass(frozen=True)
class Measures:
    """The statistics of N examples, and the figures that follow from them.

    Attributes:
        statistics: Name to an array, or a sparse array, `[N, K]`: of each example what
            can be added up, such as counts.
        figures: Name to a `Figure`, to a mapping of them, or to something that belongs
            to the examples as a whole, such as a signature.

    >>> import numpy as np
    >>> from seqkit.metrics import Figure, Measures, ratio
    >>> right = np.array([[1, 1], [0, 1], [1, 1]])  # right, and examples
    >>> measures = Measures({"right": right}, {"accuracy": Figure("right", ratio)})
    >>> round(measures.values()["accuracy"], 3), measures.select([0, 2]).values()
    (0.667, {'accuracy': 1.0})
    """

    statistics: Mapping[str, Any]
    figures: Mapping[str, Any]

    def __len__(self) -> int:
        return next((one.shape[0] for one in self.statistics.values()), 0)

    def __or__(self, other: "Measures") -> "Measures":
        """Those of both; they are of the same examples."""
        statistics = {**self.statistics, **other.statistics}
        return Measures(statistics, {**self.figures, **other.figures})

    def select(self, rows: Any) -> "Measures":
        """Those of some examples, by number."""
        rows = np.asarray(rows, np.int64)
        chosen = {name: one[rows] for name, one in self.statistics.items()}
        return Measures(chosen, self.figures)

    def sums(self, weights: Any = None) -> dict[str, np.ndarray]:
        """Sums of the statistics `[K]`; with weights `[S, N]` of examples, `[S, K]`."""
        if weights is None:
            return {
                name: np.asarray(one.sum(axis=0), "float64")
                for name, one in self.statistics.items()
            }
        # A sparse array has to be on the left.
        return {name: (one.T @ weights.T).T for name, one in self.statistics.items()}

    def by_example(self, name: str) -> np.ndarray:
        """A figure of each example by itself `[N]`."""
        figure = self.figures[name]
        rows = self.statistics[figure.statistics]
        rows = rows.toarray() if hasattr(rows, "toarray") else rows
        return np.asarray(figure.function(np.asarray(rows)))

    def flat(self) -> dict[Path, Figure]:
        """All figures by the names that lead to them."""
        return dict(_flat(self.figures))

    def values(self) -> dict[str, Any]:
        """The figures of all examples together, nested as they are, ready for JSON."""
        sums = self.sums()

        def value(one) -> Any:
            if isinstance(one, Figure):
                found = one.function(sums[one.statistics])
                return round(float(found)) if one.count else float(found)
            if isinstance(one, Mapping):
                return {name: value(inner) for name, inner in one.items()}
            return one

        return value(self.figures)


def _flat(figures: Mapping[str, Any], *before: str) -> Iterator[tuple[Path, Figure]]:
    for name, one in figures.items():
        if isinstance(one, Figure):
            yield (*before, name), one
        elif isinstance(one, Mapping):
            yield from _flat(one, *before, name)


def divide(numerator: Any, denominator: Any) -> np.ndarray:
    """A quotient in which a division by zero is 0."""
    numerator, denominator = np.asarray(numerator, "float64"), np.asarray(denominator)
    zero = denominator == 0
    return np.where(zero, 0.0, numerator / np.where(zero, 1, denominator))


def ratio(sums: np.ndarray) -> np.ndarray:
    """The first of two sums by the second."""
    return divide(sums[..., 0], sums[..., 1])


def mean_of(place: int, count: int) -> Callable[[np.ndarray], np.ndarray]:
    """The sum at a place by the sum at another."""
    return lambda sums: divide(sums[..., place], sums[..., count])


def fraction(name: str, right: Any) -> Measures:
    """How many of N examples are right, by a flag for each."""
    right = np.asarray(right, "float64")
    statistics = np.stack([right, np.ones(len(right))], axis=1)
    return Measures({name: statistics}, {name: Figure(name, ratio)})


def each(function: Callable[[np.ndarray], float]) -> Callable[[np.ndarray], np.ndarray]:
    """A function of one row of sums `[K]`, for any number of them `[..., K]`."""

    def apply(sums):
        rows = [function(row) for row in sums.reshape(-1, sums.shape[-1])]
        return np.array(rows, "float64").reshape(sums.shape[:-1])

    return apply
