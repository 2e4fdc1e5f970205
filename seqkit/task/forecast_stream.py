"""A forecast that goes on as rows come in."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seqkit.errors import DataError

if TYPE_CHECKING:
    from seqkit.results import Forecast
    from seqkit.task.series_task import SeriesTask


class ForecastStream:
    """The last rows of a series, of which each new one gives a new forecast.

    The state is what the model reads: the last `look_back` rows. A forecast is that of
    `predict` for the rows so far, whatever their number.

    Args:
        task: A trained task of the recipe forecasting.
        past: The rows so far, as `predict` takes them.

    Attributes:
        forecast: What follows the rows so far, a `seqkit.results.Forecast`.
    """

    def __init__(self, task: "SeriesTask", past: Any):
        if task.scaler.known:
            raise DataError(
                "a task without variables that are known ahead, for a stream",
                ", ".join(task.scaler.known),
            )
        self._task = task
        self._table = task.read_input(past)[0]
        self.forecast: Forecast = self._forecast()

    def update(self, row: Any) -> "Forecast":
        """Takes a row in, and returns the forecast of what follows it.

        Args:
            row: A dictionary with the columns of the data, or numbers `[V]` (with
                covariates `[V + C]`). A time that is not one step later is a DataError.
        """
        from seqkit.data.series.inputs import read_past
        from seqkit.data.series.table import joined

        rows = [row] if isinstance(row, Mapping) else [list(row)]
        task = self._task
        new = read_past(rows, task.columns, task.options.encoding)
        self._table = joined(self._table, new, task.options.look_back)
        self.forecast = self._forecast()
        return self.forecast

    def _forecast(self):
        table = self._table
        (found,) = self._task.answer([(table, len(table))], {})
        return found
