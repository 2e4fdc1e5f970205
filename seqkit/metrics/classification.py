"""Scores of classified texts and of the calibration of their probabilities."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from seqkit.errors import SeqkitError
from seqkit.metrics.calibration import (
    NUM_BINS,
    calibration_bins,
    calibration_error,
    calibration_statistics,
)
from seqkit.metrics.counts import all_kinds, by_kind, f1, macro, nested
from seqkit.metrics.measures import Figure, Measures, mean_of

# A probability of 0 for the right class would make the log loss infinite.
_SMALLEST = float(np.finfo("float64").eps)


def classification_scores(
    gold: Sequence[Any],
    probabilities: ArrayLike,
    names: Sequence[str],
    *,
    multi_label: bool = False,
    threshold: float = 0.5,
) -> dict[str, Any]:
    """Accuracy, F1 by class and calibration of predicted probabilities.

    A text gets the class of the largest probability, the first of equal ones; with
    `multi_label` all classes whose probability is `threshold` or more. Precision,
    recall and F1 are those of scikit-learn; a division by zero is 0.

    Args:
        gold: The right class of each of R texts, as names or as numbers from 0 to
            K - 1; with `multi_label` a list of names for each, or 0 and 1 in an array
            `[R, K]`. A name that the model does not know counts as a mistake, and is a
            class of its own in the result.
        probabilities: Float array `[R, K]` from 0 to 1; without `multi_label` each row
            sums to 1.
        threshold: With `multi_label`, the least probability of a predicted class.

    Returns:
        Dictionary of numbers from 0 to 1, ready for JSON:

        - `accuracy`: the fraction of texts that are right, with `multi_label` in all of
          their classes.
        - `macro_f1`: the mean F1 of the classes that occur in the gold or are
          predicted; with `multi_label` `micro_f1` too, of all decisions together.
        - `calibration_error`: see `expected_calibration_error`. Its predictions are the
          classes of the largest probability; with `multi_label` all probabilities.
        - `log_loss`: the mean negative natural logarithm of the probability of the
          right class (nats), taken as at least 2.2e-16.
        - `classes`: for each `precision`, `recall`, `f1` and `support`, the number of
          texts that have it.
        - `confusion`, without `multi_label`: `confusion["joy"]["anger"]` counts texts
          of class joy that were classified as anger. Counts of 0 have no entry.
        - `calibration`: the bins of the calibration error, for a reliability diagram.
        - `signature`: the settings.

    Raises:
        SeqkitError: Shapes differ, there is nothing to score, a number is not a class,
            or the probabilities are not valid.

    >>> from seqkit.metrics import classification_scores
    >>> scores = classification_scores(
    ...     ["good", "bad", "bad"], [[.9, .1], [.6, .4], [.2, .8]], ["good", "bad"])
    >>> round(scores["accuracy"], 2), scores["confusion"]
    (0.67, {'good': {'good': 1}, 'bad': {'good': 1, 'bad': 1}})
    """
    return classification_measures(
        gold, probabilities, names, multi_label=multi_label, threshold=threshold
    ).values()


def classification_measures(
    gold: Sequence[Any],
    probabilities: ArrayLike,
    names: Sequence[str],
    *,
    multi_label: bool = False,
    threshold: float = 0.5,
) -> Measures:
    """The `Measures` of classified texts, from which `classification_scores` follow."""
    names = list(names)
    given = _checked(probabilities, names, multi_label)
    gold = list(gold)
    if len(gold) != len(given):
        raise SeqkitError(
            f"gold: expected one for each of {len(given)} rows of probabilities, found "
            f"{len(gold)}"
        )
    right, all_names = _numbered(gold, names, multi_label)
    # Unknown classes have the probability 0, and are never predicted.
    known, unknown = len(names), len(all_names) - len(names)
    given, every = np.pad(given, ((0, 0), (0, unknown))), np.arange(len(given))
    if multi_label:
        found = given >= threshold
        correct = (found == right).all(axis=1)
        outcomes = given[:, :known], right[:, :known]
        losses = -np.log(np.where(right, given, 1 - given).clip(_SMALLEST))
        flags = right & found, right, found
    else:
        found = given.argmax(axis=1)
        correct = found == right
        outcomes = given.max(axis=1)[:, None], correct[:, None]
        losses = -np.log(given[every, right].clip(_SMALLEST))[:, None]
        flags = _one_of(right, correct, all_names), _one_of(right, True, all_names)
        flags = *flags, _one_of(found, True, all_names)
    texts, decisions = losses.shape
    rows = np.repeat(every, outcomes[0].shape[1])
    calibration = calibration_statistics(
        outcomes[0].ravel(), outcomes[1].ravel(), rows, texts
    )
    parts = correct, losses.sum(axis=1), np.full(texts, decisions), np.ones(texts)
    figures: dict[str, Any] = {"accuracy": Figure("texts", mean_of(0, 3))}
    figures["macro_f1"] = macro(all_names, "classes")
    if multi_label:
        figures["micro_f1"] = Figure("decisions", f1)
    figures["calibration_error"] = Figure("calibration", calibration_error)
    figures["log_loss"] = Figure("texts", mean_of(1, 2))
    figures["classes"] = by_kind(all_names, "classes")
    if not multi_label:
        pairs = (map(all_names.__getitem__, numbers) for numbers in (right, found))
        figures["confusion"] = nested(all_names, Counter(zip(*pairs, strict=True)))
    figures["calibration"] = calibration_bins(calibration.sum(axis=0))
    kind = f"multi-label|threshold:{threshold:g}" if multi_label else "single-label"
    figures["signature"] = f"seqkit|{kind}|zero_division:0|bins:{NUM_BINS}"
    statistics = {"texts": np.stack(parts, axis=1), "calibration": calibration}
    statistics["classes"] = counts = _counts(flags)
    if multi_label:
        statistics["decisions"] = all_kinds(counts)
    return Measures(statistics, figures)


def _one_of(numbers, kept, names):
    """One class per row as a sparse array `[R, K]`, of the rows that are kept."""
    from scipy.sparse import csr_array

    ones = np.broadcast_to(kept, len(numbers)).astype("float64")
    bounds = np.arange(len(numbers) + 1)
    return csr_array((ones, numbers, bounds), (len(numbers), len(names)))


def _counts(flags):
    """Of right, gold and found `[R, K]` each, `[R, 3 * K]`."""
    from scipy.sparse import csr_array, hstack

    return csr_array(hstack([csr_array(one) for one in flags], dtype="float64"))


def _checked(probabilities, names, multi_label):
    """The probabilities in float64, `[R, K]`."""
    given = np.asarray(probabilities, "float64")
    if given.ndim != 2 or given.shape[1] != len(names) or not given.size:
        raise SeqkitError(
            "probabilities: expected the shape (texts, classes) with at least one text "
            f"and {len(names)} classes as in names, found {given.shape}"
        )
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise SeqkitError(f"names: expected each once, found {twice!r} twice")
    within = ((given >= 0) & (given <= 1)).all()
    sums = given.sum(axis=1)
    if within and (multi_label or np.abs(sums - 1).max() < 1e-3):
        return given
    found = f"numbers from {given.min():g} to {given.max():g}"
    if within:
        found = f"a row that sums to {sums[np.abs(sums - 1).argmax()]:g}"
    what = "from 0 to 1" if multi_label else "from 0 to 1 that sum to 1 in each row"
    call = "sigmoid" if multi_label else "softmax"
    raise SeqkitError(
        f"probabilities: expected numbers {what}, found {found}. Logits need a {call}"
    )


def _numbered(gold, names, multi_label):
    """Class numbers `[R]` or booleans `[R, K]`, and all names, unknown ones last."""
    rows = gold if multi_label else [[label] for label in gold]
    if not all(_are_names(row) for row in rows):
        return (_flags if multi_label else _numbers)(gold, names), names
    unknown = {name for row in rows for name in row} - set(names)
    names = [*names, *sorted(unknown)]
    place = {name: n for n, name in enumerate(names)}
    if not multi_label:
        return np.array([place[name] for name in gold]), names
    flags = np.zeros((len(rows), len(names)), bool)
    for row, labels in enumerate(rows):
        flags[row, [place[name] for name in labels]] = True
    return flags, names


def _are_names(row):
    return not isinstance(row, str) and all(isinstance(name, str) for name in row)


def _numbers(gold, names):
    for row, number in enumerate(gold):
        whole = isinstance(number, int | np.integer)
        if not whole or not 0 <= number < len(names):
            raise SeqkitError(
                f"gold, row {row}: expected a name in every row, or a number from 0 to "
                f"{len(names) - 1} in every row, found {number!r}. Give names if the "
                "model does not know all classes"
            )
    return np.array(gold, "int64")


def _flags(gold, names):
    for row, flags in enumerate(gold):
        fits = not isinstance(flags, str) and len(flags) == len(names)
        if not fits or not all(flag in (0, 1) for flag in flags):
            raise SeqkitError(
                f"gold, row {row}: expected a list of names in every row, or "
                f"{len(names)} numbers that are 0 or 1 in every row, found {flags!r}"
            )
    return np.array(gold).astype(bool)
