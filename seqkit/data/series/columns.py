"""Which columns of a table hold time, variables and covariates, and their values."""

import contextlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from seqkit.data.sources.lines import Record, brief, listed
from seqkit.errors import DataError

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})
"""How tables spell a value that is missing, in lower case."""


@dataclass(frozen=True)
class SeriesColumns:
    """The columns of a table by their role.

    Args:
        time: The column of the times, `None` if rows are only numbered.
        targets: Variables to forecast, V of them.
        covariates: Variables that are known up to now, C of them.
        known: Variables that are known ahead, F of them.
        series: The column that says to which series a row belongs, if there are many.

    >>> from seqkit.data.series.columns import SeriesColumns
    >>> SeriesColumns.of({"date": "2016-07-01", "load": "3.5", "note": "x"})[0]
    SeriesColumns(time='date', targets=('load',), covariates=(), known=(), series=None)
    """

    time: str | None
    targets: tuple[str, ...]
    covariates: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    series: str | None = None

    @classmethod
    def of(
        cls,
        row: Mapping[str, Any],
        *,
        time: str | None = None,
        targets: Sequence[str] | None = None,
        covariates: Sequence[str] = (),
        known: Sequence[str] = (),
        series: str | None = None,
    ) -> tuple["SeriesColumns", list[str]]:
        """The columns of a table by its first row, and what was inferred, in words.

        Without `time` it is the first column that holds one; without `targets`, they
        are all other columns of numbers.
        """
        notes = []
        if time is None:
            time = next((name for name in row if is_time(row[name])), None)
            notes.append(
                f"times are those of the column {time!r}"
                if time is not None
                else "no column of times, so rows are numbered"
            )
        taken = {time, series, *covariates, *known}
        if targets is None:
            rest = [name for name in row if name not in taken]
            targets = [name for name in rest if _is_number(row[name])]
            notes.append(f"variables to forecast: {listed(targets, str)}")
            others = [name for name in rest if name not in targets]
            if others:
                notes.append(f"not read, since not numbers: {listed(others, str)}")
        return cls(time, tuple(targets), tuple(covariates), tuple(known), series), notes

    def read(self, record: Record) -> dict[str, Any]:
        """The row to store: series, time, and lists of numbers, NaN where missing."""
        values = record.values
        found: dict[str, Any] = {"series": "", "time": ""}
        if self.series is not None:
            found["series"] = str(_value(record, self.series))
        if self.time is not None:
            found["time"] = _time(record, self.time)
        for name in ("targets", "covariates", "known"):
            columns = getattr(self, name)
            found[name] = [_number(record, values, column) for column in columns]
        return found


def is_time(value: Any) -> bool:
    """Whether a value is a date or a time: of ISO 8601, or an object of its own."""
    if hasattr(value, "isoformat"):
        return True
    return isinstance(value, str) and parsed(value) is not None and "-" in value


def parsed(text: str) -> datetime | None:
    """A time of ISO 8601, without its zone; `None` if it is another text."""
    with contextlib.suppress(ValueError):
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    return None


def _value(record: Record, column: str) -> Any:
    if column not in record.values:
        raise record.missing(column, "Name the columns as the table does")
    return record.values[column]


def _time(record: Record, column: str) -> str:
    value = _value(record, column)
    if hasattr(value, "isoformat") and value == value:
        return value.isoformat(sep=" ")[:26]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    text = str(value).strip()
    if text.lstrip("-").isdigit() and len(text) < 8:  # steps, or years
        return text
    found = parsed(text)
    if found is None:
        expected = f"a time as 2016-07-01 13:00 in column {column!r}, or a whole number"
        raise record.error(expected, brief(value))
    return found.isoformat(sep=" ")


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or hasattr(value, "isoformat"):
        return False
    return _as_float(value) is not None


def _as_float(value: Any) -> float | None:
    """A finite number, NaN if it is missing, or `None` for anything else."""
    if value is None or isinstance(value, str) and value.strip().lower() in MISSING:
        return math.nan
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return None if math.isinf(number) else number


def _number(record: Record, values: Mapping[str, Any], column: str) -> float:
    number = _as_float(_value(record, column))
    if number is None:
        error: DataError = record.error(
            f"a number in column {column!r}, or nothing where it is missing",
            brief(values[column]),
        )
        raise error
    return number
