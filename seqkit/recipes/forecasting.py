"""Forecasting: time series, and how they go on."""

from typing import Any

from seqkit import registries
from seqkit.options import Default, groups
from seqkit.task import SeriesTask, recipe


class ForecastingOptions(
    groups.Precision,
    groups.EarlyStopping,
    groups.Optimization,
    groups.Batches,
    groups.Forecaster,
    groups.Series,
):
    """What `build` takes."""

    defaults = {
        "learning_rate": groups.rates(1e-3, sample=2e-3, sgd=0.1),
        "average_momentum": Default(0.98, sample=0.95),
        "monitor": "mse",
    }


@recipe("forecasting")
class Forecasting(SeriesTask):
    """Forecasting: the next values of time series from their last ones.

    Each variable is forecast from its own past by the same network: a linear function,
    the segment recurrent network SegRNN (Lin et al. 2023, arXiv:2308.11200), or a
    recurrent, Transformer or state space encoder over segments of the past. Values are
    scaled by means and deviations of train; forecasts are in the units of the data.

    Attributes:
        splits: Name to a `datasets.Dataset` with the columns series, time, targets,
            covariates and known.
    """

    Options = ForecastingOptions
    architectures = (registries.forecasters, registries.encoders)

    def network(self):
        from seqkit.models import Forecaster
        from seqkit.task.architectures import construct

        options, scaler = self.options, self.scaler
        known = len(scaler.known) + 2 * len(options.calendar)
        return construct(
            Forecaster,
            options,
            num_variables=len(scaler.targets),
            num_covariates=len(scaler.covariates) + known,
            num_known=known,
            num_outputs=max(1, len(options.quantiles)),
        )

    def losses(self):
        from seqkit.training import ForecastLoss

        return {"loss": ForecastLoss(self.options.loss, self.options.quantiles)}

    def monitored(self):
        names = ["mse", "mae"]
        if self.options.quantiles:
            names += ["pinball_loss", "coverage"]
        return self.options.monitor, names

    def answers(self, inputs, options):
        """Forecasts what comes after the past of series.

        Args:
            inputs: A list of N pasts, or one: an array `[T, V]` with at least
                `look_back` steps, a DataFrame or a list of dictionaries with the
                columns of the data, or a file of such a table. If there are variables
                that are known ahead, rows of the future follow with these alone.

        Returns:
            N `seqkit.results.Forecast`s (one for one past): for each variable the next
            `horizon` values, and its quantiles.
        """
        from seqkit.results import forecast

        if not inputs:
            return []
        windows, times = self.windows_of(inputs)
        found = self._forecast(windows, options.batch_size)
        return [
            forecast(self.scaler.targets, one, row, self.options.quantiles)
            for one, row in zip(times, self._unscaled(found), strict=True)
        ]

    def reading(self):
        return lambda inputs, outputs: {"forecast": outputs}

    def _unscaled(self, found):
        """Forecasts `[N, H, V, Q]` in the units of the data."""
        return self.scaler.unscale(found.swapaxes(-1, -2)).swapaxes(-1, -2)

    def _forecast(self, windows, batch_size):
        """Scaled forecasts `[N, H, V, Q]` of windows."""
        import numpy as np

        from seqkit.inference import RowRunner

        specs = {n: ((None, *v.shape[1:]), "float32") for n, v in windows.items()}
        runner = self.of_model(
            "forecast",
            lambda model: RowRunner(model, lambda x: {"forecast": model(x)}, specs),
        )
        starts = range(0, len(windows["values"]), batch_size)
        parts = ({n: v[i : i + batch_size] for n, v in windows.items()} for i in starts)
        return np.concatenate([runner.run_batch(part)["forecast"] for part in parts])

    def scores(self, split, options):
        """Scores the forecasts of all windows of a split.

        Returns:
            `mse` and `mae` of scaled values, as published tables have them; `mase`,
            relative to the naive forecast of a season before; with quantiles
            `coverage`, the fraction of values between the outer ones, and
            `pinball_loss`; `windows`, their number; `variables`, figures of each, `mae`
            in its own unit; `signature`.
        """
        import numpy as np

        from seqkit.metrics import ForecastScores, naive_errors

        chosen, scaler = self.options, self.scaler
        naive = naive_errors([t.targets for t in self.tables("train")], chosen.season)
        gathered = ForecastScores(scaler.target_deviations, naive, chosen.quantiles)
        batches = self.batched(split)[0]
        for step, (inputs, targets, weights) in enumerate(batches.epoch(0)):
            found = self.readings(
                split,
                batches.examples(0, step),
                lambda _, inputs=inputs: [
                    {"forecast": one}
                    for one in self._forecast(inputs, options.batch_size)
                ],
            )
            found = np.stack([one["forecast"] for one in found])
            gathered.add(targets, found, weights)
        return gathered.figures(scaler.targets) | {
            "windows": batches.num_windows,
            "signature": f"look_back:{chosen.look_back}|horizon:{chosen.horizon}"
            f"|season:{chosen.season}|scale:train|windows:all",
        }

    def stream(self, past: Any) -> Any:
        """A forecast that goes on row by row: a `seqkit.task.ForecastStream`."""
        from seqkit.task import ForecastStream

        return ForecastStream(self, past)

    def signatures(self, text):
        from seqkit.export import forecast_signatures

        return forecast_signatures(
            self.model, self.scaler, len(self.options.calendar), self.options.quantiles
        )


build, check = Forecasting.build, Forecasting.check_dataset
