"""Tasks that read the past of time series."""

from typing import Any

from seqkit.errors import DataError, SeqkitError
from seqkit.options import groups
from seqkit.task.assets import asset
from seqkit.task.fields import Field
from seqkit.task.task import Task


class SeriesOptions(
    groups.Precision, groups.Optimization, groups.Batches, groups.Series
):
    """What `build` takes."""


class SeriesTask(Task):
    """A task that reads windows of time series; its options are of `groups.Series`.

    Attributes:
        scaler: The `seqkit.data.SeriesScaler`, learnt from train.
    """

    Options = SeriesOptions
    pipeline_tag = "time-series-forecasting"
    input_rank = 2
    fields = {
        "series": Field("series"),
        "time": Field("time"),
        "targets": Field("numbers", target=True),
        "covariates": Field("numbers"),
        "known": Field("numbers"),
    }

    scaler = asset(
        "scaler.json",
        "seqkit.data:SeriesScaler.load",
        sizes={"num_variables": "targets"},
    )

    def load_examples(self):
        from seqkit.data import load_series
        from seqkit.samples import forecasting

        splits, found = self.load(load_series, forecasting.splits)
        self.settle({"time": found.time, "targets": list(found.targets)})
        return splits

    def inferred(self):
        self.train_split("The scale of variables is learnt from it.")
        return {"season": self.options.season or self._season()}

    def _season(self) -> int:
        from seqkit.data.series.table import step_of

        step = step_of(self.tables("train")[0].times)
        season = {3600.0: 24, 86400.0: 7, 900.0: 96, 1800.0: 48}.get(step or 0, 1)
        if step is not None and 28 * 86400 <= step <= 31 * 86400:
            season = 12
        self.inform(f"season: {season} steps")
        return season

    def learn(self):
        from seqkit.data import SeriesScaler

        columns = self.columns
        self.scaler = SeriesScaler.train(
            self.tables("train"), columns.targets, columns.covariates, columns.known
        )
        self.batched("train", training=True)  # refuses windows that do not fit

    @property
    def columns(self) -> Any:
        """The `SeriesColumns` that the task reads."""
        from seqkit.data.series.columns import SeriesColumns

        options = self.options
        return SeriesColumns(
            options.time,
            tuple(options.targets),
            tuple(options.covariates),
            tuple(options.known),
            options.series,
        )

    def tables(self, split: str) -> list:
        """The `SeriesTable`s of a split, in regular steps."""
        from seqkit.data.series.table import series_tables

        def make():
            rows = self.split(split).with_format(None)[:]
            tables = series_tables(rows, f"split {split}")
            if inserted := sum(table.inserted for table in tables):
                self.inform(f"{split}: {inserted} missing times, which count as gaps")
            if any(table.irregular for table in tables):
                self.inform(f"{split}: times have no common step; rows count as steps")
            return tables

        return self.of_data(("tables", split), make)

    def scaled(self, split: str) -> list:
        """The `ScaledSeries` of a split, each after the rows that precede it."""

        def make():
            before = self._before(split)
            return [
                self._scaled(table, before.get(table.name))
                for table in self.tables(split)
            ]

        return self.of_data(("scaled", split), make)

    def _before(self, split: str) -> dict:
        """The tables that end where those of a split begin, by series."""
        found = {}
        for other in ("train", "validation"):
            if other == split or other not in self.splits:
                break
            for table in self.tables(other):
                found[table.name] = table
        begins = {table.name: table for table in self.tables(split)}
        return {n: t for n, t in found.items() if n in begins and begins[n].after(t)}

    def _scaled(self, table: Any, before: Any = None) -> Any:
        import numpy as np

        from seqkit.data import ScaledSeries
        from seqkit.data.series.calendar import calendar_features
        from seqkit.data.series.windows import filled

        parts, times = [table], table.times
        if before is not None:
            begin = max(len(before) - self.options.look_back, 0)
            parts.insert(0, before)
            times = before.times[begin:] + times

        def joined(name):
            arrays = [getattr(part, name) for part in parts]
            if before is not None:
                arrays[0] = arrays[0][begin:]
            return self.scaler.scale(np.concatenate(arrays), name)

        targets, covariates, known = map(joined, ("targets", "covariates", "known"))
        calendar = calendar_features(times, self.options.calendar)
        known = np.hstack([filled(known), calendar])
        return ScaledSeries(
            filled(targets),
            np.isfinite(targets),
            np.hstack([filled(covariates), known]),
            known,
            len(times) - len(table),
            times,
        )

    def batches(self, split, training):
        from seqkit.data import WindowBatches

        options = self.options
        batches = WindowBatches(
            self.scaled(split),
            look_back=options.look_back,
            horizon=options.horizon,
            batch_size=options.batch_size,
            shuffle=training,
            seed=options.seed,
        )
        if not batches.num_windows:
            rows = max(len(one.values) for one in batches.series)
            raise SeqkitError(
                f"look_back, horizon: expected windows that fit into {split}, found "
                f"{options.look_back} + {options.horizon} steps and {rows} rows with "
                "those before. Give fewer steps or more rows"
            )
        return batches

    def inputs_of(self, inputs):
        return inputs  # a table is an input

    def read_input(self, one):
        import numpy as np

        from seqkit.data.series.inputs import read_past
        from seqkit.data.series.table import SeriesTable

        if isinstance(one, tuple) and one and isinstance(one[0], SeriesTable):
            return one  # it is read already
        table = read_past(one, self.columns, self.options.encoding)
        seen = np.isfinite(table.targets).any(axis=1)
        look_back = self.options.look_back
        end = len(seen) - int(np.argmax(seen[::-1])) if seen.any() else 0
        if not self.scaler.known:
            end = len(seen) if seen.any() else 0
        if end < look_back:
            raise DataError(
                f"at least look_back={look_back} rows of the past", str(end)
            )
        ahead = len(table) - end
        if self.scaler.known and ahead < self.options.horizon:
            raise DataError(
                f"{self.options.horizon} rows after the last value, with "
                f"{', '.join(self.scaler.known)}, which are known ahead",
                str(ahead),
            )
        return table, end

    def predictions_to_file(self, input, output, options, *, column, chunk, **how):
        """Writes a row per series and step that is forecast.

        The rows have the columns of series and time, the value of each variable, and
        its quantiles such as `predicted_load_q0.9`. A series whose past cannot be read
        has one row, with a message. With a `column`, which holds a past as JSON in each
        row, the rows are those of the input.
        """
        if column is not None:
            more = {"column": column, "chunk": chunk, **how}
            return super().predictions_to_file(input, output, options, **more)
        from seqkit.task.files.series import forecast_file

        return forecast_file(self, input, output, options, **how)

    def predictions_of_rows(self, input, options, *, column, chunk, **how):
        if column is not None:
            more = {"column": column, "chunk": chunk, **how}
            return super().predictions_of_rows(input, options, **more)
        from seqkit.task.files.series import forecast_rows

        return forecast_rows(self, input, options, **how)

    def windows_of(self, inputs: list) -> tuple[dict[str, Any], list[list[str]]]:
        """Inputs of the model for some pasts, and the times of their futures."""
        import numpy as np

        from seqkit.data.series.table import extended

        look_back, horizon = self.options.look_back, self.options.horizon
        found: dict[str, list] = {"values": [], "covariates": [], "known": []}
        times = []
        for row in range(len(inputs)):
            table, end = self.read_row(inputs, row)
            table = extended(table, end + horizon)
            scaled = self._scaled(table)
            past, future = slice(end - look_back, end), slice(end, end + horizon)
            found["values"].append(scaled.values[past])
            found["covariates"].append(scaled.covariates[past])
            found["known"].append(scaled.known[future])
            times.append(table.times[future])
        return {n: np.stack(v).astype(np.float32) for n, v in found.items()}, times
