"""The plots of the gates of an LSTM or a GRU."""

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.gate_activity import GateActivity
from seqkit.inspect.pictures import Axes, axes, longest, open_frame, style
from seqkit.inspect.pieces import SPACE, readable
from seqkit.inspect.running_text import NEWLINE


def plot_gate_activity(
    activity: GateActivity,
    ax: Axes | None = None,
    *,
    gate: str | None = None,
    colorbar: bool = True,
) -> Axes:
    """Draws gates along a text: the mean of each, or one gate of all units.

    Args:
        activity: A `GateActivity`; a part of a long text is `activity[100:180]`.
        ax, colorbar: As in `plot_alignment`.
        gate: `"kept"`, `"written"` or `"read"` draws a heat map of that gate, one row
            per unit, those with the largest means at the top; by default three curves
            are drawn, the means over the units.

    >>> import numpy as np, seqkit
    >>> kept, written, read = np.random.default_rng(0).random((3, 4, 8))
    >>> activity = seqkit.inspect.GateActivity(list("a b\\n"), 0, kept, written, read)
    >>> ax = seqkit.inspect.plot_gate_activity(activity, gate="kept")
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['a', '␣', 'b', '↵']
    """
    if gate not in (None, *activity.gates):
        raise SeqkitError(
            f"gate: expected one of {', '.join(activity.gates)} or None, found {gate!r}"
        )
    labels = [_label(token) for token in activity.tokens]
    letters = longest(labels)
    # Inches in which no label touches the next.
    width, height = len(labels) * (0.13 if letters <= 1 else 0.19) + 1, 2.2
    if gate is not None:
        width, height = width + 0.6, min(6, 0.8 + 0.03 * activity.kept.shape[1])
    size = max(width, 4), 0.09 * letters + height + 0.5
    ax = axes(ax, size, "plot_gate_activity", "activity.means()")
    if gate is None:
        for n, (name, values) in enumerate(activity.means().items()):
            ax.plot(values, label=name, markersize=4, **style(n))
        ax.set_ylim(0, 1)
        ax.set_xlim(-0.5, len(labels) - 0.5)
        ax.set_ylabel("mean over the units")
        ax.grid(True, axis="y", color="0.9")
        open_frame(ax)
        ax.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=9
        )
    else:
        values = activity.gates[gate]
        rows = values[:, np.argsort(-values.mean(axis=0), kind="stable")].T
        image = ax.imshow(
            rows, cmap="cividis", vmin=0, vmax=1, aspect="auto", interpolation="nearest"
        )
        ax.set_yticks([])
        ax.set_ylabel("units, by their mean")
        if colorbar:
            ax.figure.colorbar(image, ax=ax, label=gate, pad=0.01)
    ax.set_title(f"layer {activity.layer}", loc="right", fontsize=9)
    turn = 0 if letters <= 1 else 90
    ax.set_xticks(range(len(labels)), labels, rotation=turn, parse_math=False)
    ax.tick_params(axis="x", length=0)
    return ax


def plot_gate_saturation(
    activity: GateActivity,
    ax: Axes | None = None,
    *,
    low: float = 0.1,
    high: float = 0.9,
) -> Axes:
    """Draws how often each unit's gates are shut and open, one point per unit.

    Figure 2 of Karpathy, Johnson and Fei-Fei 2015, arXiv:1506.02078: units at the
    lower right of `kept` remember nearly always; units at the origin are never
    saturated.

    Args:
        ax: As in `plot_alignment`.
        low, high: As in `GateActivity.saturation`.

    >>> import numpy as np
    >>> from seqkit.inspect import GateActivity, plot_gate_saturation
    >>> kept, written, read = np.random.default_rng(0).random((3, 4, 8))
    >>> ax = plot_gate_saturation(GateActivity(list("abcd"), 0, kept, written, read))
    >>> ax.get_ylabel()
    'fraction of tokens left-saturated (gate < 0.1)'
    """
    ax = axes(ax, (4.6, 4.6), "plot_gate_saturation", "activity.saturation()")
    fractions = activity.saturation(low, high)
    for n, (name, (shut, opened)) in enumerate(fractions.items()):
        looks = style(n, linestyle=False)
        ax.scatter(opened, shut, s=28, alpha=0.5, linewidths=0, label=name, **looks)
    ax.plot([0, 1], [1, 0], color="0.6", linewidth=0.8, linestyle="--")
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
    ax.set_xlabel(f"fraction of tokens right-saturated (gate > {high:g})")
    ax.set_ylabel(f"fraction of tokens left-saturated (gate < {low:g})")
    open_frame(ax)
    ax.legend(frameon=False)
    ax.set_title(f"layer {activity.layer}", loc="right", fontsize=9)
    return ax


def _label(token):
    signs = {"\n": NEWLINE, "<0x0A>": NEWLINE, " ": "␣", SPACE: "␣"}
    return signs.get(token) or readable(token)
