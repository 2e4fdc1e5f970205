"""How certain figures are: bootstrap resamples of the examples."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from seqkit.metrics.measures import Measures, Path

SAMPLES, SEED = 1000, 12345
"""What sacreBLEU takes, so that intervals and p-values of both are the same."""

_DRAWS = 1 << 22  # at a time


class Interval(NamedTuple):
    """A figure with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


def resamples(num_examples: int, samples: int, seed: int) -> Iterator[np.ndarray]:
    """How often each of N examples is in each of S resamples, in chunks `[C, N]`.

    Examples are drawn with replacement, N in each resample. The draws are those of
    `sacrebleu.significance` with the same seed.
    """
    generator = np.random.default_rng(seed)
    step = max(1, _DRAWS // max(1, num_examples))
    for start in range(0, samples, step):
        size = min(step, samples - start)
        drawn = generator.choice(num_examples, (size, num_examples), replace=True)
        drawn += np.arange(size)[:, None] * num_examples
        counts = np.bincount(drawn.ravel(), minlength=size * num_examples)
        yield counts.reshape(size, num_examples).astype("float64")


def resampled_sums(
    systems: Sequence[Measures], samples: int, seed: int
) -> list[dict[str, np.ndarray]]:
    """Sums `[S, K]` of the statistics of each system over the same resamples."""
    chunks = [
        [one.sums(weights) for one in systems]
        for weights in resamples(len(systems[0]), samples, seed)
    ]
    return [
        {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        for parts in zip(*chunks, strict=True)
    ]


def bounds(values: Any) -> tuple[float, float]:
    """The middle 95 % of resampled figures `[S]`, as sacreBLEU takes them."""
    values = np.sort(np.asarray(values, "float64"))
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan"), float("nan")
    lowest = len(values) // 40
    return float(values[lowest]), float(values[len(values) - lowest - 1])


def bootstrap(
    measures: Measures, samples: int = SAMPLES, seed: int = SEED
) -> dict[Path, Interval]:
    """The 95 % intervals of figures by the percentile bootstrap.

    Koehn 2004, https://aclanthology.org/W04-3250/: the figure of each of `samples` sets
    of examples, drawn with replacement and as many as there are; the interval leaves
    out 2.5 % of them on each side.

    Args:
        measures: `Measures` of N examples.
        samples, seed: How many resamples are drawn, and the seed.

    Returns:
        The names that lead to each figure, to its `Interval`. Counts are not among
        them, and nothing is with fewer than two examples.

    >>> import numpy as np
    >>> from seqkit.metrics import Figure, Measures, bootstrap, ratio
    >>> right = np.stack([np.arange(100) < 80, np.ones(100)], axis=1)
    >>> measures = Measures({"right": right}, {"accuracy": Figure("right", ratio)})
    >>> low, high = bootstrap(measures)["accuracy",][1:]
    >>> 0.70 < low < 0.74 and 0.86 < high < 0.90
    True
    """
    figures = {p: one for p, one in measures.flat().items() if not one.count}
    if len(measures) < 2 or not figures:
        return {}
    whole, (sums,) = measures.sums(), resampled_sums([measures], samples, seed)
    return {
        path: Interval(
            float(one.function(whole[one.statistics])),
            *bounds(one.function(sums[one.statistics])),
        )
        for path, one in figures.items()
    }
