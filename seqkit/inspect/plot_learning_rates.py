"""The plot of a learning-rate range test."""

from typing import Any

from seqkit.inspect.pictures import COLORS, Axes, axes, open_frame


def plot_learning_rates(found: Any, ax: Axes | None = None) -> Axes:
    """Draws the loss of each step over its learning rate, and the suggestion.

    Args:
        found: The result of `task.find_learning_rate()`, or any object with `rates`,
            `losses`, `smoothed` and `suggestion`.
        ax: As in `plot_alignment`.

    >>> import types, seqkit
    >>> found = types.SimpleNamespace(
    ...     rates=[1e-3, 1e-2, 0.1, 1.0], losses=[3.0, 2.5, 2.0, 6.0],
    ...     smoothed=[3.0, 2.7, 2.2, 3.2], suggestion=0.01)
    >>> seqkit.inspect.plot_learning_rates(found).get_xlabel()
    'learning rate'
    """
    ax = axes(ax, (6.4, 4), "plot_learning_rates", "found.smoothed")
    ax.plot(found.rates, found.losses, color="0.75", linewidth=1, label="loss")
    ax.plot(found.rates, found.smoothed, color=COLORS[1], linewidth=2, label="smoothed")
    ax.set_xscale("log")
    # What explodes at the end would hide the rest.
    low, first = min(found.smoothed), found.smoothed[0]
    reach = max(first - low, 0.05 * abs(low))
    ax.set_ylim(low - 0.15 * reach, first + 0.8 * reach)
    if found.suggestion is not None:
        ax.axvline(
            found.suggestion,
            color=COLORS[0],
            linestyle="--",
            label=f"suggestion: {found.suggestion:.2g}",
        )
    ax.set_xlabel("learning rate")
    ax.set_ylabel("loss of the step")
    open_frame(ax)
    ax.legend(frameon=False)
    return ax
