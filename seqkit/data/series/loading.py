"""Time series from any dataset."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import datasets

from seqkit.data.annotations import FilePath, Sample
from seqkit.data.series.columns import SeriesColumns
from seqkit.data.series.splitting import split_by_time
from seqkit.data.sources.files import Layout
from seqkit.data.sources.lines import Record
from seqkit.data.sources.loader import Loader
from seqkit.data.sources.readers import readers_for
from seqkit.data.sources.splits import Splits
from seqkit.errors import DataError

_NUMBERS = datasets.Sequence(datasets.Value("float64"))
_TEXT = datasets.Value("string")
_FEATURES = {"series": _TEXT, "time": _TEXT, "targets": _NUMBERS}
_FEATURES |= {"covariates": _NUMBERS, "known": _NUMBERS}


def load_series(
    dataset: Any,
    *,
    time: str | None = None,
    targets: Sequence[str] | None = None,
    covariates: Sequence[str] = (),
    known: Sequence[str] = (),
    series: str | None = None,
    split_rows: Sequence[int] | None = None,
    separator: str | None = None,
    encoding: str = "utf-8",
    name: str | None = None,
    sample: Sample | None = None,
    on_error: str = "raise",
    validation_fraction: float = 0.1,
    test_fraction: float = 0.2,
    cache_dir: FilePath | None = None,
) -> tuple[Splits, SeriesColumns]:
    """Loads time series from any dataset that `seqkit.data` describes.

    A table has a column per variable, and a row per time; its header names the columns.
    Rows are in the order of time. With `series`, a column tells many series apart,
    whose rows may be mixed. A missing value is an empty field, `NaN`, `NA` or `null`;
    a row is bad if a value is anything else than a number, or its time is none.

    Splits are parts of the time, in this order: train, validation, test. Those that are
    missing are the last rows of train (of each series), and never random ones.

    Args:
        dataset: See `seqkit.data`.
        time: Column of the times, in ISO 8601, or of whole numbers; by default the
            first that holds times.
        targets: Columns of the variables to forecast; by default all other numbers.
        covariates: Columns of variables that are known up to now.
        known: Columns of variables that are known ahead, such as holidays.
        series: Column that names the series of a row.
        split_rows: Rows of train, validation and test, from the first row on, instead
            of fractions; rows after these are left out, which is reported.
        separator, encoding, name, sample, on_error, cache_dir: See `seqkit.data`.
        validation_fraction, test_fraction: Fractions of all rows, or numbers of rows.

    Returns:
        `Splits` with the columns series, time (strings), targets, covariates and known
        (lists of numbers, NaN where missing), and the `SeriesColumns`.

    Raises:
        DataError: A bad row or argument.

    >>> from seqkit.data import load_series
    >>> rows = [{"day": f"2024-01-{day:02}", "sold": day} for day in range(1, 11)]
    >>> splits, columns = load_series(rows)
    >>> columns.targets, len(splits["train"]), splits["validation"][0]["time"]
    (('sold',), 7, '2024-01-08 00:00:00')
    """
    loader = Loader(dataset, encoding, name, sample, on_error, cache_dir)
    found = loader.find(Layout((), readers_for(loader.encoding, None, separator)))
    given = {"time": time, "targets": targets, "series": series}
    given |= {"covariates": tuple(covariates), "known": tuple(known)}
    columns, notes = _columns(found, given)
    splits = loader.load(
        found,
        partial(_check, columns=columns),
        _FEATURES,
        key=["series", repr(columns), separator],
    )
    splits = replace(splits, notes=[*splits.notes, *notes])
    fractions = validation_fraction, test_fraction
    splits = split_by_time(splits, split_rows, fractions, cache_dir)
    # What is inferred of the embedded sample is known.
    return replace(splits, notes=[]) if loader.is_sample else splits, columns


def _columns(found: tuple[str, Any], given: dict[str, Any]) -> Any:
    """The columns of the first row that can be read, and what was inferred."""
    origin, parts = found
    names = [*(given["targets"] or ()), *given["covariates"], *given["known"]]
    names += [one for one in (given["time"], given["series"]) if one is not None]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DataError(
            "columns with one role each",
            f"{', '.join(twice)} twice",
            where="time, targets, covariates, known, series",
        )
    part = parts.get("train") or next(iter(parts.values()))
    for record in part.read():
        if not isinstance(record, Record):
            continue
        for name in names:
            if name not in record.values:
                raise record.missing(name, "Name the columns as the table does")
        columns, notes = SeriesColumns.of(record.values, **given)
        if not columns.targets:
            raise record.error(
                "a column of numbers to forecast",
                ", ".join(map(str, record.values)),
                "Give targets= as the data names them",
            )
        return columns, notes
    raise DataError("at least one row that can be read", "none", where=origin)


def _check(record: Record, _: Any, columns: SeriesColumns) -> dict[str, Any]:
    return columns.read(record)
