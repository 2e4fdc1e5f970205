"""The shortest tours of some cities, by dynamic programming."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np

MOST_CITIES = 12
_CHUNK = 32 * 2**20  # bytes of a table


def shortest_tours(points: np.ndarray) -> np.ndarray:
    """The shortest closed tour of each of B sets of n cities: orders `[B, n]`.

    Held and Karp 1962 (doi:10.1137/0110015): the shortest path from city 0 through a
    set of cities to its member j ends with a step from some k, and is otherwise the
    shortest path to k through the set without j. All B sets are solved side by side, in
    O(n² 2ⁿ) operations each.

    Args:
        points: Float array `[B, n, D]`, n from 1 to 12; distances are Euclidean.

    Raises:
        ValueError: There are more than 12 cities.

    >>> from seqkit.samples.points.tours import shortest_tours
    >>> square = np.array([[[0, 0], [1, 1], [0, 1], [1, 0]]], float)
    >>> shortest_tours(square).tolist()
    [[0, 3, 1, 2]]
    """
    count, size = points.shape[:2]
    if size > MOST_CITIES:
        raise ValueError(f"expected at most {MOST_CITIES} cities, found {size}")
    if size < 3:
        return np.tile(np.arange(size), (count, 1))
    step = max(1, _CHUNK // (8 * (size - 1) * 2 ** (size - 1)))
    chunks = [points[i : i + step] for i in range(0, count, step)]
    with ThreadPoolExecutor(
        os.cpu_count()
    ) as threads:  # NumPy computes outside the GIL
        parts = list(threads.map(_solve, chunks))
    return np.concatenate(parts) if parts else np.zeros((0, size), np.int64)


def _solve(points: np.ndarray) -> np.ndarray:
    between = np.linalg.norm(points[:, :, None] - points[:, None], axis=-1)
    distances = np.ascontiguousarray(between.transpose(1, 2, 0))  # [n, n, B]
    size, _, count = distances.shape
    others = size - 1  # city j + 1 is bit j
    first, steps = distances[0, 1:], distances[1:, 1:]
    costs = np.full((1 << others, others, count), np.inf)  # infinite for non-members
    for j in range(others):
        costs[1 << j, j] = first[j]
    paths = np.empty((others, count))
    for number in range(2, size):
        for members in combinations(range(others), number):
            chosen = sum(1 << j for j in members)
            for j in members:
                np.add(costs[chosen ^ (1 << j)], steps[:, j], out=paths)
                paths.min(axis=0, out=costs[chosen, j])
    # The way back: which city was last, and which before it.
    rows, chosen = np.arange(count), np.full(count, (1 << others) - 1)
    after, order = first, np.zeros((count, size), np.int64)
    for place in range(others, 0, -1):
        last = (costs[chosen, :, rows].T + after).argmin(axis=0)
        order[:, place] = last + 1
        chosen, after = chosen ^ (1 << last), steps[:, last, rows]
    return order
