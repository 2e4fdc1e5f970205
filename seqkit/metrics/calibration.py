"""The calibration of a classifier's probabilities."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from seqkit.errors import SeqkitError
from seqkit.metrics.measures import divide

NUM_BINS = 15


def expected_calibration_error(
    confidences: ArrayLike, correct: ArrayLike, num_bins: int = NUM_BINS
) -> tuple[float, list[dict[str, Any]]]:
    """The mean difference of confidence and accuracy.

    Guo et al. 2017, arXiv:1706.04599, equation 3. The n predictions are sorted by
    confidence into M = `num_bins` of equal width; bin m holds ((m - 1) / M, m / M],
    the first also 0. With the accuracy and the mean confidence of each,

        ECE = sum_m |B_m| / n * |acc(B_m) - conf(B_m)|

    Args:
        confidences, correct: The probability of each prediction, from 0 to 1, and
            whether it is right, in arrays of one shape.

    Returns:
        The error, a float from 0 to 1, and the bins that are not empty: a list of
        dictionaries with `low`, `high`, `count`, `confidence` (mean) and `accuracy`.

    Raises:
        SeqkitError: There are no predictions, shapes differ, or a confidence is not
            from 0 to 1.

    >>> from seqkit.metrics import expected_calibration_error
    >>> error, bins = expected_calibration_error([0.9, 0.9, 0.6], [True, False, True])
    >>> round(error, 2), [b["count"] for b in bins]
    (0.4, [1, 2])
    """
    confidences = np.asarray(confidences, "float64")
    correct = np.asarray(correct, bool)
    if confidences.shape != correct.shape or not correct.size or num_bins < 1:
        raise SeqkitError(
            "expected confidences and correct of one shape, at least one of each, and "
            f"at least one bin, found the shapes {confidences.shape} and "
            f"{correct.shape} and num_bins={num_bins}"
        )
    if not ((confidences >= 0) & (confidences <= 1)).all():
        raise SeqkitError(
            "confidences: expected probabilities from 0 to 1, found "
            f"{confidences.min()} to {confidences.max()}"
        )
    rows = np.zeros(confidences.size, np.int64)
    sums = calibration_statistics(
        confidences.ravel(), correct.ravel(), rows, 1, num_bins
    ).toarray()[0]
    return float(calibration_error(sums)), calibration_bins(sums)


def calibration_statistics(
    confidences: Any, correct: Any, rows: Any, num_rows: int, num_bins: int = NUM_BINS
) -> Any:
    """What the calibration error needs of each example, a sparse array `[N, 3 * M]`.

    Args:
        confidences, correct: The probability of each of P predictions, and whether it
            is right.
        rows: The number of the example that each prediction belongs to.
        num_rows: The number of examples, N.

    Returns:
        For each bin the number of predictions, the sum of their confidences, and how
        many are right.
    """
    from scipy.sparse import coo_array

    confidences = np.asarray(confidences, "float64")
    edges = np.linspace(0, 1, num_bins + 1)
    places = np.searchsorted(edges[1:-1], confidences, side="left")
    values = np.concatenate([np.ones(len(places)), confidences, correct])
    columns = np.concatenate([places, places + num_bins, places + 2 * num_bins])
    shape = num_rows, 3 * num_bins
    return coo_array((values, (np.tile(rows, 3), columns)), shape).tocsr()


def calibration_of(outcomes: Sequence[Sequence[tuple[float, bool]]]) -> Any:
    """The same from pairs (confidence, whether it is right), a list per example."""
    flat = [pair for row in outcomes for pair in row]
    confidences, correct = np.array(flat, "float64").reshape(-1, 2).T
    rows = np.repeat(np.arange(len(outcomes)), [len(row) for row in outcomes])
    return calibration_statistics(confidences.clip(0, 1), correct, rows, len(outcomes))


def calibration_error(sums: np.ndarray) -> np.ndarray:
    """The error of the sums `[..., 3 * M]` of `calibration_statistics`."""
    counts, confidences, right = np.split(sums, 3, axis=-1)
    return divide(np.abs(right - confidences).sum(axis=-1), counts.sum(axis=-1))


def calibration_bins(sums: np.ndarray) -> list[dict[str, Any]]:
    """The bins that are not empty, as `expected_calibration_error` returns them."""
    counts, confidences, right = np.split(np.asarray(sums), 3)
    edges = np.linspace(0, 1, len(counts) + 1)
    return [
        {
            "low": float(edges[place]),
            "high": float(edges[place + 1]),
            "count": int(counts[place]),
            "confidence": float(confidences[place] / counts[place]),
            "accuracy": float(right[place] / counts[place]),
        }
        for place in np.flatnonzero(counts)
    ]
