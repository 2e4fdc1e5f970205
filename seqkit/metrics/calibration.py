"""The calibration of a classifier's probabilities."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from seqkit.errors import SeqkitError


def expected_calibration_error(
    confidences: ArrayLike, correct: ArrayLike, num_bins: int = 15
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
    confidences, correct = confidences.ravel(), correct.ravel()
    if not ((confidences >= 0) & (confidences <= 1)).all():
        raise SeqkitError(
            "confidences: expected probabilities from 0 to 1, found "
            f"{confidences.min()} to {confidences.max()}"
        )
    edges = np.linspace(0, 1, num_bins + 1)
    places = np.searchsorted(edges[1:-1], confidences, side="left")
    error, bins = 0.0, []
    for place in np.unique(places):
        inside = places == place
        confidence = float(confidences[inside].mean())
        accuracy = float(correct[inside].mean())
        error += float(inside.mean()) * abs(accuracy - confidence)
        bins.append(
            {
                "low": float(edges[place]),
                "high": float(edges[place + 1]),
                "count": int(inside.sum()),
                "confidence": confidence,
                "accuracy": accuracy,
            }
        )
    return error, bins
