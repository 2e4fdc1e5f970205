"""Whether one model is better than another: paired tests on the same examples."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.metrics.bootstrap import SAMPLES, SEED, bounds, resampled_sums
from seqkit.metrics.measures import Measures, Path

_CELLS = 1 << 22  # of the matrix of swaps that is made at a time


class Difference(NamedTuple):
    """How a figure of a model differs from that of the baseline.

    Attributes:
        value, baseline: Both figures.
        low, high: The 95 % interval of `value - baseline`.
        p_bootstrap, p_randomization: How probable a difference at least as large would
            be by chance alone, by the two tests.
    """

    value: float
    baseline: float
    low: float
    high: float
    p_bootstrap: float
    p_randomization: float


def paired_tests(
    baseline: Measures, other: Measures, samples: int = SAMPLES, seed: int = SEED
) -> dict[Path, Difference]:
    """Tests whether figures of two models on the same N examples differ by chance.

    The paired bootstrap (Koehn 2004, https://aclanthology.org/W04-3250/) and the
    approximate randomization (Riezler and Maxwell 2005,
    https://aclanthology.org/W05-0908/), two-sided, as `sacrebleu.significance` has
    them: for the same seed, and the same number of samples, p-values are the same.

    Args:
        baseline, other: The `Measures` of both.
        samples, seed: How many resamples, and how many random exchanges, are drawn.

    Returns:
        The names that lead to each figure that both have and that can be compared, to
        its `Difference`.

    Raises:
        SeqkitError: The numbers of examples differ.
    """
    if len(baseline) != len(other):
        raise SeqkitError(
            f"expected as many examples of both, found {len(baseline)} and {len(other)}"
        )
    mine, its = baseline.flat(), other.flat()
    shared = [
        path for path in its if path in mine and _comparable(mine[path], its[path])
    ]
    if len(baseline) < 2 or not shared:
        return {}
    wholes = [one.sums() for one in (baseline, other)]
    drawn = resampled_sums([baseline, other], samples, seed)
    used = {mine[path].statistics for path in shared}
    kept, others = (
        Measures({name: one.statistics[name] for name in used}, {})
        for one in (baseline, other)
    )
    swapped = _swapped_sums(kept, others, samples, seed)
    found = {}
    for path in shared:
        pair = mine[path], its[path]
        value, resampled, exchanged = (
            [
                np.asarray(figure.function(sums[figure.statistics]))
                for figure, sums in zip(pair, both, strict=True)
            ]
            for both in (wholes, drawn, swapped)
        )
        difference = abs(float(value[1]) - float(value[0]))
        spread = np.abs(resampled[1] - resampled[0])
        found[path] = Difference(
            float(value[1]),
            float(value[0]),
            *bounds(resampled[1] - resampled[0]),
            _p_value(spread - spread.mean(), difference),
            _p_value(np.abs(exchanged[1] - exchanged[0]), difference),
        )
    return found


def _comparable(mine, its):
    return not mine.count and mine.unit == its.unit


def _p_value(chances: np.ndarray, difference: float) -> float:
    # One is added to both (Noreen 1989), so that no p-value is 0. Differences of counts
    # are often equal, up to rounding, and two equal models are no different.
    return (int((chances >= difference - 1e-9).sum()) + 1) / (len(chances) + 1)


def _swaps(num_examples: int, samples: int, seed: int) -> Iterator[np.ndarray]:
    generator = np.random.default_rng(seed)
    step = max(1, _CELLS // num_examples)
    for start in range(0, samples, step):
        shape = min(step, samples - start), num_examples
        yield generator.integers(2, size=shape, dtype=bool).astype("float64")


def _swapped_sums(baseline, other, samples, seed):
    """Sums of two systems that exchanged a random half of their results."""
    chunks = []
    for kept in _swaps(len(baseline), samples, seed):
        mine, its = (
            [system.sums(weights) for weights in (kept, 1 - kept)]
            for system in (baseline, other)
        )
        chunks.append((_added(mine[0], its[1]), _added(mine[1], its[0])))
    return [
        {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        for parts in zip(*chunks, strict=True)
    ]


def _added(one, other):
    return {name: one[name] + other[name] for name in one}
