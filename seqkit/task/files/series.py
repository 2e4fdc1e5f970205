"""From a file of time series to a file of their forecasts."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.errors import DataError
from seqkit.task.files.predict import PredictedFile, output_writer, write_whole

if TYPE_CHECKING:
    from seqkit.task.series_task import SeriesTask


def forecast_rows(
    task: "SeriesTask",
    path: str | os.PathLike[str],
    options: Mapping[str, Any],
    prefix: str,
    **reading: Any,
) -> Iterator[dict[str, Any]]:
    """Yields a row per step that is forecast, series after series.

    A row has the columns of series and time, the value of each variable, and its
    quantiles. A series whose past cannot be read has one row, with a message.

    Args:
        task: The task that forecasts.
        path: A file of a table with the columns of the data.
        options: Options of `predict`.
        prefix: What the names of the result columns begin with.
        reading: `encoding`, `separator` and `header` of the file.
    """
    from seqkit.data.series.inputs import read_pasts

    pasts = read_pasts(path, task.columns, **reading)
    found, errors = task.answer_readable(pasts, options)
    for number, (past, one) in enumerate(zip(pasts, found, strict=True)):
        head = {task.options.series: past.name} if task.options.series else {}
        time = task.options.time or "step"
        error = errors.get(number)
        if error is not None:
            yield head | {time: None, f"{prefix}error": str(error)}
            continue
        for step, at in enumerate(one.times):
            row = head | {time: at or step + 1}
            for name, values in one.values.items():
                row[f"{prefix}{name}"] = values[step]
                for level, quantiles in one.quantiles.items():
                    row[f"{prefix}{name}_q{level}"] = quantiles[name][step]
            yield row | {f"{prefix}error": None}


def forecast_file(
    task: "SeriesTask",
    input: str | os.PathLike[str],
    output: str | os.PathLike[str],
    options: Mapping[str, Any],
    *,
    prefix: str,
    format: str | None,
    overwrite: bool,
    **reading: Any,
) -> PredictedFile:
    """Writes the `forecast_rows` of a file to another, whole or not at all."""
    source, target = Path(input), Path(output)
    write = output_writer(source, target, prefix, format, overwrite)
    rows = list(forecast_rows(task, source, options, prefix, **reading))
    if not rows:
        raise DataError("at least one series", "none", where=source)
    write_whole(write, target, lambda: iter(rows))
    unreadable = sum(row[f"{prefix}error"] is not None for row in rows)
    return PredictedFile(len(rows), unreadable)
