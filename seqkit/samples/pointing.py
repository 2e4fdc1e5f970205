"""The embedded sets of points, drawn in the unit square, with their exact answers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.samples.points.problems import draw

HELD_OUT = {"validation": 1, "test": 2}


def splits(
    seed: int = 0,
    train: int = 4096,
    validation: int = 1000,
    test: int = 1000,
    problem: str = "hull",
    min_points: int = 5,
    max_points: int = 8,
) -> dict[str, list[dict[str, Any]]]:
    """The three splits; those that are held out do not depend on the seed.

    >>> from seqkit.samples import pointing
    >>> row = pointing.splits(train=1, validation=0, test=0)["train"][0]
    >>> sorted(row), len(row["points"][0])
    (['order', 'points'], 2)
    """
    counts = {"train": train, "validation": validation, "test": test}
    return {
        name: rows(name, problem, sizes_of(name, count, min_points, max_points), seed)
        for name, count in counts.items()
    }


def sizes_of(split: str, count: int, min_points: int, max_points: int) -> np.ndarray:
    """How many points each set of a split has, the same in every epoch."""
    generator = np.random.default_rng([3, HELD_OUT.get(split, 0)])
    return generator.integers(min_points, max_points + 1, count)


def seed_of(split: str, seed: int, epoch: int = 0) -> list[int]:
    """The seed of what is drawn for a split in an epoch."""
    held_out = HELD_OUT.get(split)
    return [1, seed, epoch] if held_out is None else [2, held_out]


def rows(
    split: str, problem: str, sizes: Sequence[int] | np.ndarray, seed: int
) -> list[dict[str, Any]]:
    """The rows of a split, with sets of these sizes."""
    points, orders = draw(problem, sizes, seed_of(split, seed))
    return [
        {"points": one.tolist(), "order": order.tolist()}
        for one, order in zip(points, orders, strict=True)
    ]
