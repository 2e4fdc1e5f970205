"""A split of time series as arrays, in regular steps of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from seqkit.data.sources.lines import brief
from seqkit.errors import DataError

ARRAYS = ("targets", "covariates", "known")


@dataclass
class SeriesTable:
    """The rows of one series, one per step of time.

    Attributes:
        name: The series.
        times: `[T]`, strings; "" if rows are only numbered.
        targets, covariates, known: `[T, V]`, `[T, C]`, `[T, F]` float64, NaN where a
            value is missing.
        inserted: Rows that were put in where times were missing.
        irregular: Whether times have no common step.
    """

    name: str
    times: list[str]
    targets: np.ndarray
    covariates: np.ndarray
    known: np.ndarray
    inserted: int = 0
    irregular: bool = False

    def __len__(self) -> int:
        return len(self.times)

    def after(self, other: "SeriesTable") -> bool:
        """Whether this table goes on where another one ends."""
        if self.name != other.name:
            return False
        if not self.times[0] or not other.times[-1]:
            return self.times[0] == other.times[-1]
        return _position(other.times[-1]) < _position(self.times[0])


def series_tables(
    columns: Mapping[str, Sequence[Any]], where: str
) -> list[SeriesTable]:
    """The tables of some rows, a table per series in the order of their names.

    Args:
        columns: The columns of `load_series`, or what `SeriesColumns.read` returned
            for each row.
        where: What they are, for errors.

    Raises:
        DataError: Times are not in order.
    """
    names = np.asarray(columns["series"])
    numbers: dict[str, Any] = {
        name: np.array(columns[name], np.float64).reshape(len(names), -1)
        for name in ARRAYS
    }
    return [
        _regular(
            SeriesTable(
                str(name),
                [columns["time"][row] for row in chosen.tolist()],
                **{name: values[chosen] for name, values in numbers.items()},
            ),
            where,
        )
        for name in sorted(set(names.tolist()))
        for chosen in [np.flatnonzero(names == name)]
    ]


def _position(time: str) -> float:
    """A time as a number: seconds, or the whole number that it is."""
    if time.lstrip("-").isdigit():
        return float(time)
    moment = datetime.fromisoformat(time)
    return (moment - datetime(1970, 1, 1)).total_seconds()


def _regular(table: SeriesTable, where: str) -> SeriesTable:
    """The same with a row for each step; the usual difference of times is the step."""
    if len(table) < 2 or not table.times[0]:
        return table
    positions = np.array([_position(time) for time in table.times])
    differences = np.diff(positions)
    if (differences <= 0).any():
        row = int(np.argmax(differences <= 0)) + 1
        series = f", series {brief(table.name)}" if table.name else ""
        raise DataError(
            f"a time after {table.times[row - 1]}",
            table.times[row],
            where=f"{where}{series}",
            row=row,
            fix="Sort rows by time; if a column tells several series apart, name it "
            "with series=",
        )
    steps, counts = np.unique(differences, return_counts=True)
    step = steps[np.argmax(counts)]
    places = np.rint((positions - positions[0]) / step).astype(np.int64)
    exact = np.abs(places * step + positions[0] - positions) < 1e-6 * step
    if not exact.all() or places[-1] > 2 * len(table):
        table.irregular = True
        return table
    size = int(places[-1]) + 1
    if size == len(table):
        return table
    times = [""] * size
    for place, time in zip(places, table.times, strict=True):
        times[place] = time
    for place in range(size):
        times[place] = times[place] or next_time(times[place - 1], step)
    for name in ARRAYS:
        values = getattr(table, name)
        wide = np.full((size, values.shape[1]), np.nan)
        wide[places] = values
        setattr(table, name, wide)
    table.inserted, table.times = size - len(places), times
    return table


def next_time(time: str, step: float) -> str:
    """The time one step later, in the same form."""
    if not time:
        return ""
    if time.lstrip("-").isdigit():
        return str(int(time) + int(step))
    return (datetime.fromisoformat(time) + timedelta(seconds=step)).isoformat(sep=" ")


def step_of(times: Sequence[str]) -> float | None:
    """The usual difference of times, in seconds or whole numbers; `None` if unknown."""
    if len(times) < 2 or not times[0]:
        return None
    positions = [_position(time) for time in times]
    steps, counts = np.unique(np.diff(positions), return_counts=True)
    return float(steps[np.argmax(counts)])


def extended(table: SeriesTable, size: int) -> SeriesTable:
    """A table with rows of missing values at its end, until it has `size` rows."""
    missing = size - len(table)
    if missing <= 0:
        return table
    step, times = step_of(table.times), list(table.times)
    for _ in range(missing):
        times.append(next_time(times[-1], step) if step else "")

    def longer(values):
        return np.pad(values, [(0, missing), (0, 0)], constant_values=np.nan)

    arrays: dict[str, Any] = {name: longer(getattr(table, name)) for name in ARRAYS}
    return SeriesTable(table.name, times, **arrays)


def joined(table: SeriesTable, new: SeriesTable, most: int) -> SeriesTable:
    """A table with the rows of a next one, at most the last `most` rows of them all.

    Raises:
        DataError: The next one does not begin one step after the table's last time.
    """
    step, times = step_of(table.times), list(new.times)
    if step is not None:
        expected = next_time(table.times[-1], step)
        times[0] = times[0] or expected
        if times[0] != expected and not table.irregular:
            raise DataError(f"the time {expected}", times[0], where="row")

    def both(name):
        return np.concatenate([getattr(table, name), getattr(new, name)])[-most:]

    arrays: dict[str, Any] = {name: both(name) for name in ARRAYS}
    return SeriesTable(table.name, (table.times + times)[-most:], **arrays)
