"""The pictures of an LSTM's or a GRU's gates."""

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.pieces import readable
from seqkit.inspect.plot_gradient_flow import COLORS, MARKERS, STYLES
from seqkit.inspect.running_text import NEWLINE

SPACE = "␣"


def plot_gate_activity(activity, ax=None, *, gate=None, colorbar=True):
    """Draws gates along a text: the mean of each, or one gate of all units.

    Args:
        activity: A `GateActivity`; a part of a long text is `activity[100:180]`.
        ax: The matplotlib Axes to draw in; by default those of a new figure, as large
            as the tokens want.
        gate: `"kept"`, `"written"` or `"read"` gives a heat map of that gate, a row a
            unit, those that are open most on top; by default three curves are drawn,
            the means over the units.
        colorbar: Whether to draw the scale of a heat map.

    Returns:
        The Axes; `ax.figure.savefig("gates.png")` writes the picture.

    Raises:
        SeqkitError: matplotlib is not installed, or there is no such gate.

    Example:

    >>> import numpy as np
    >>> from seqkit.inspect import GateActivity, plot_gate_activity
    >>> kept, written, read = np.random.default_rng(0).random((3, 4, 8))
    >>> activity = GateActivity(list("a b\\n"), 0, kept, written, read)
    >>> ax = plot_gate_activity(activity, gate="kept")
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['a', '␣', 'b', '↵']
    """
    if gate not in (None, *activity.gates):
        raise SeqkitError(
            f"gate: expected one of {', '.join(activity.gates)} or None, found {gate!r}"
        )
    pyplot = _pyplot("plot_gate_activity", "activity.means()")
    labels = [_label(token) for token in activity.tokens]
    if ax is None:
        size = _size(labels, units=0 if gate is None else activity.kept.shape[1])
        _, ax = pyplot.subplots(figsize=size, layout="constrained")
    if gate is None:
        for n, (name, values) in enumerate(activity.means().items()):
            style = {"marker": MARKERS[n], "linestyle": STYLES[n], "color": COLORS[n]}
            ax.plot(values, label=name, markersize=4, **style)
        ax.set_ylim(0, 1)
        ax.set_xlim(-0.5, len(labels) - 0.5)
        ax.set_ylabel("mean over the units")
        ax.grid(True, axis="y", color="0.9")
        ax.spines[["top", "right"]].set_visible(False)
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
    upright = max(map(len, labels), default=0) <= 1
    ax.set_xticks(
        range(len(labels)), labels, rotation=0 if upright else 90, parse_math=False
    )
    ax.tick_params(axis="x", length=0)
    return ax


def plot_gate_saturation(activity, ax=None, *, low=0.1, high=0.9):
    """Draws how often each unit's gates are shut and open, a point a unit.

    Figure 2 of Karpathy, Johnson and Fei-Fei 2015, arXiv:1506.02078: units at the
    lower right of `kept` remember nearly always; units at the origin are never
    saturated.

    Args:
        activity: A `GateActivity`.
        ax: The matplotlib Axes to draw in; by default those of a new figure.
        low, high: As in `GateActivity.saturation`.

    Returns:
        The Axes.

    Raises:
        SeqkitError: matplotlib is not installed.

    Example:

    >>> import numpy as np
    >>> from seqkit.inspect import GateActivity, plot_gate_saturation
    >>> kept, written, read = np.random.default_rng(0).random((3, 4, 8))
    >>> ax = plot_gate_saturation(GateActivity(list("abcd"), 0, kept, written, read))
    >>> ax.get_ylabel()
    'fraction of tokens left-saturated (gate < 0.1)'
    """
    pyplot = _pyplot("plot_gate_saturation", "activity.saturation()")
    if ax is None:
        _, ax = pyplot.subplots(figsize=(4.6, 4.6), layout="constrained")
    fractions = activity.saturation(low, high)
    for n, (name, (shut, opened)) in enumerate(fractions.items()):
        style = {"marker": MARKERS[n], "color": COLORS[n]}
        ax.scatter(opened, shut, s=28, alpha=0.5, linewidths=0, label=name, **style)
    ax.plot([0, 1], [1, 0], color="0.6", linewidth=0.8, linestyle="--")
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
    ax.set_xlabel(f"fraction of tokens right-saturated (gate > {high:g})")
    ax.set_ylabel(f"fraction of tokens left-saturated (gate < {low:g})")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    ax.set_title(f"layer {activity.layer}", loc="right", fontsize=9)
    return ax


def _pyplot(function, instead):
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise SeqkitError(
            f"{function}: expected matplotlib, found {error}. Install it: "
            f"pip install seqkit[plot]; or print {instead}"
        ) from error
    return pyplot


def _label(token):
    signs = {"\n": NEWLINE, "<0x0A>": NEWLINE, " ": SPACE, "\u2581": SPACE}
    return signs.get(token) or readable(token)


def _size(labels, units):
    """Inches of a figure in which no label touches the next."""
    longest = max(map(len, labels), default=0)
    width = len(labels) * (0.13 if longest <= 1 else 0.19) + 1 + 0.6 * bool(units)
    height = 0.09 * longest + (min(6, 0.8 + 0.03 * units) if units else 2.2)
    return max(width, 4), height + 0.5
