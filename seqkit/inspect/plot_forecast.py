"""A forecast after the past of its series, with bands of its quantiles."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seqkit.errors import SeqkitError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_forecast(
    forecast: Any,
    variable: str | None = None,
    *,
    past: Sequence[float] = (),
    actual: Sequence[float] = (),
    ax: "Axes | None" = None,
) -> "Axes":
    """Draws one variable of a forecast.

    Pairs of quantiles that lie around the middle one, such as 0.1 and 0.9, become
    bands, the wider the lighter.

    Args:
        forecast: A `seqkit.results.Forecast` of H steps.
        variable: Its name; by default the first.
        past: The values before, which end where the forecast begins.
        actual: What really came, at most H values.
        ax: Where to draw; by default a new figure.

    Returns:
        The matplotlib `Axes`.

    >>> from seqkit.inspect import plot_forecast
    >>> from seqkit.results import Forecast
    >>> found = Forecast(["", ""], {"load": [3.0, 4.0]}, {})
    >>> ax = plot_forecast(found, past=[1.0, 2.0])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['past', 'forecast']
    """
    import matplotlib.pyplot as plt

    variable = next(iter(forecast.values)) if variable is None else variable
    if variable not in forecast.values:
        named = ", ".join(forecast.values)
        raise SeqkitError(f"variable: expected one of {named}, found {variable!r}")
    if ax is None:
        ax = plt.subplots(figsize=(8, 3), layout="constrained")[1]
    middle, steps = forecast.values[variable], range(len(forecast.values[variable]))
    levels = sorted(forecast.quantiles, key=float)
    for low, high in zip(levels, reversed(levels), strict=True):
        if float(low) < float(high):
            ax.fill_between(
                steps,
                forecast.quantiles[low][variable],
                forecast.quantiles[high][variable],
                alpha=0.25,
                linewidth=0,
                color="C0",
                label=f"{low} to {high}",
            )
    if len(past):
        ax.plot(range(-len(past), 0), past, color="0.4", label="past")
    if len(actual):
        ax.plot(range(len(actual)), actual, color="0.1", ls=":", label="actual")
    ax.plot(steps, middle, color="C0", label="forecast")
    ax.axvline(-0.5, color="0.7", linewidth=1)
    ax.set(xlabel="steps from now", ylabel=variable)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        fontsize="small",
        frameon=False,
        ncols=5,
    )
    return ax
