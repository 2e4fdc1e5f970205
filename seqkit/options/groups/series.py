"""Time series, and the network that forecasts them."""

from typing import Annotated, ClassVar, Literal

from annotated_types import Gt, Lt

from seqkit import registries
from seqkit.options.defaults import by
from seqkit.options.groups.data import Data
from seqkit.options.groups.model import Heads
from seqkit.options.option import Count, Default, Fraction, NotNegative, OneOf, option
from seqkit.options.options import Mistakes

Quantile = Annotated[float, Gt(0), Lt(1)]


class Series(Data):
    """Where time series are, and what is forecast of them."""

    title: ClassVar[str] = "Time series"
    as_it_is: ClassVar = {**Data.as_it_is, "split_rows": None}

    time: str | None = option(
        None, "Column of the times; without a value the first that holds times."
    )
    targets: list[str] | None = option(
        None,
        "Columns of the variables to forecast; without a value all numbers that have "
        "no other role.",
    )
    covariates: list[str] = option([], "Columns of variables that are known up to now.")
    known: list[str] = option(
        [], "Columns of variables that are known ahead, such as holidays."
    )
    calendar: list[Literal["hour", "weekday", "day", "month"]] = option(
        [], "What of the time is a variable that is known ahead."
    )
    series: str | None = option(
        None, "Column that says to which of many series a row belongs."
    )
    look_back: Count = option(96, "Steps of the past that are read.", sample=168)
    horizon: Count = option(96, "Steps of the future that are forecast.", sample=24)
    quantiles: list[Quantile] = option(
        [],
        "Quantiles to forecast, such as 0.1, 0.5 and 0.9; the middle one is the "
        "forecast. Without them, it is a mean.",
    )
    season: Count | None = option(
        None,
        "Steps of a season, for the naive forecast in `mase`; without a value a day of "
        "hours, a week of days, a year of months, otherwise 1.",
    )
    split_rows: list[Count] | None = option(
        None,
        "Rows of train, validation and test from the first row on, instead of "
        "fractions; rows after them are not used.",
    )
    validation_fraction: NotNegative = option(
        0.1, "The part of the time before test that is held out, or a number of rows."
    )
    test_fraction: NotNegative = option(
        0.2, "The last part of the time, which is held out, or a number of rows."
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        quantiles = list(self.quantiles)
        if quantiles and (sorted(set(quantiles)) != quantiles or 0.5 not in quantiles):
            yield (
                "quantiles",
                f"expected rising numbers with 0.5 among them, found {quantiles}",
            )
        if self.split_rows is not None and len(self.split_rows) != 3:
            yield (
                "split_rows",
                "expected three numbers, of train, validation and test, found "
                f"{len(self.split_rows)}",
            )


class Forecaster(Heads):
    """A network from the past of a variable to its future."""

    architecture: Annotated[str, OneOf(registries.forecasters, registries.encoders)] = (
        option(
            "segrnn",
            "A linear function, the segment recurrent network (Lin et al. 2023, "
            "arXiv:2308.11200), or an encoder over segments.",
        )
    )
    segment_length: Count = option(
        by("architecture", segrnn=24, otherwise=12),
        "Steps that are read at once.",
        sample=12,
    )
    num_layers: Count = option(
        by("architecture", transformer=2, mamba=2, otherwise=1),
        "Layers of an encoder.",
    )
    hidden_dim: Count = option(128, "Units, or the width of the model.", sample=64)
    normalization: Literal["last", "standard"] | None = option(
        "last",
        "What is subtracted from a window before it is read, and added again: its last "
        "value, or its mean and deviation; null: nothing.",
    )
    dropout: Fraction = option(0.1, "Fraction dropped in training.")
    loss: Literal["squared", "absolute"] = option(
        "squared", "The error that is trained on, without quantiles."
    )
    defaults: ClassVar = {"dropout": Default(0.1, sample=0.0)}
