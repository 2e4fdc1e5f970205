"""What a report says of figures: intervals, by length, by label, confusion."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from seqkit.metrics import Figure, Interval, Measures, bootstrap
from seqkit.metrics.calibration import calibration_bins, calibration_error

BINS, PAIRS = 5, 20


def intervals(
    measures: Measures, samples: int, seed: int
) -> tuple[dict[str, Any], dict[str, dict[str, dict[str, Any]]]]:
    """The figures with their intervals, and tables of figures by label.

    A figure is a dictionary of `value`, `low` and `high`; the bounds are missing where
    there are no statistics of single examples. Counts are numbers.
    """
    found, values = bootstrap(measures, samples, seed), measures.values()
    figures, tables = {}, {}
    for name, one in measures.figures.items():
        if isinstance(one, Figure):
            figures[name] = _shown(found.get((name,)), values[name])
        elif isinstance(one, Mapping) and _is_table(one):
            tables[name] = {
                label: {
                    kind: _shown(found.get((name, label, kind)), value)
                    for kind, value in row.items()
                }
                for label, row in values[name].items()
            }
        elif isinstance(one, int | float):
            figures[name] = one if isinstance(one, int) else {"value": one}
    return figures, tables


def _is_table(one):
    rows = list(one.values())
    return bool(rows) and all(
        isinstance(row, Mapping) and any(isinstance(f, Figure) for f in row.values())
        for row in rows
    )


def _shown(interval: Interval | None, value: Any) -> Any:
    if interval is None:
        return value if isinstance(value, int) else {"value": value}
    return interval._asdict()


def by_length(
    measures: Measures, lengths: Any, samples: int, seed: int
) -> list[dict[str, Any]]:
    """The figures of examples of similar length, in up to five groups."""
    lengths = np.asarray(lengths)
    whole = {k: v for k, v in measures.figures.items() if isinstance(v, Figure)}
    measures = Measures(measures.statistics, whole)
    shares = np.arange(1, BINS) / BINS
    edges = np.unique(np.ceil(np.quantile(lengths, shares))) if len(lengths) else []
    groups = np.searchsorted(edges, lengths, side="left")
    found = []
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        figures, _ = intervals(measures.select(rows), samples, seed)
        sizes = {"low": int(lengths[rows].min()), "high": int(lengths[rows].max())}
        found.append({**sizes, "examples": len(rows), "figures": figures})
    return found


def confused_pairs(
    confusion: Mapping[str, Mapping[str, int]], most: int = PAIRS
) -> list[dict[str, Any]]:
    """The most frequent mistakes, as `expected`, `found` and `count`."""
    pairs = [
        {"expected": expected, "found": found, "count": int(count)}
        for expected, row in confusion.items()
        for found, count in row.items()
        if expected != found
    ]
    pairs.sort(key=lambda pair: (-pair["count"], pair["expected"], pair["found"]))
    return pairs[:most]


def calibration(statistics: Any, samples: int, seed: int) -> dict[str, Any]:
    """The calibration error with its interval, and the bins of its diagram."""
    figure = Figure("calibration", calibration_error)
    measures = Measures({"calibration": statistics}, {"error": figure})
    figures, _ = intervals(measures, samples, seed)
    bins = calibration_bins(measures.sums()["calibration"])
    return {"error": figures["error"], "bins": bins}


_LISTS = "words", "points"


def lengths_of(columns: Mapping[str, Iterable[Any]], fields: Mapping[str, Any]) -> Any:
    """The length of each example and its unit, by the first column that has one.

    Texts, words and points have one. Those that are read come first; of texts without
    spaces characters are counted. `None` if no column has a length.
    """
    named = sorted(fields.items(), key=lambda pair: pair[1].target)
    for name, field in named:
        if name in columns and field.kind in ("text", "texts", *_LISTS):
            return _counted(columns[name], field)
    return None


def _counted(column: Iterable[Any], field: Any) -> tuple[Sequence[int], str]:
    what = "in what is expected" if field.target else "in what is read"
    if field.kind in _LISTS:
        return [len(one) for one in column], f"{field.kind} {what}"
    texts = [one[0] if field.kind == "texts" and one else one for one in column]
    words = [len(str(text).split()) for text in texts]
    if max(words, default=0) > 1:
        return words, f"words {what}"
    return [len(str(text)) for text in texts], f"characters {what}"
