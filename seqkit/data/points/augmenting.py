"""Other sets of points with the same answers."""

from typing import Any

import numpy as np

from seqkit.data.points.canonical import canonical


def augmented(
    problem: str, points: np.ndarray, order: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A set of points in the plane turned, mirrored and numbered otherwise.

    One of the eight symmetries of the square, about the middle of the points, and one
    of the n! numberings, each equally likely; hulls, tours and triangulations go along.

    >>> import numpy as np
    >>> from seqkit.data.points.augmenting import augmented
    >>> points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> order = np.array([0, 1, 2])
    >>> turned, answer = augmented("hull", points, order, np.random.default_rng(1))
    >>> turned[answer].tolist()  # from the left, counter-clockwise
    [[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    """
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    turned: Any = (points - middle) * generator.choice([-1, 1], size=2)
    if generator.integers(2):
        turned = turned[:, ::-1]
    places = generator.permutation(len(points))
    turned = (turned + middle)[places]
    order = np.argsort(places)[order]
    return turned, canonical(problem, turned, order)
