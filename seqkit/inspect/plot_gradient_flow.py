"""The picture of gradients that vanish, explode, or arrive."""

import numpy as np

from seqkit.errors import SeqkitError

# Of Okabe and Ito, apart from each other for colour-blind people too.
COLORS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
STYLES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LOWEST = 1e-12  # of the highest; far below, one curve would flatten all others


def plot_gradient_flow(flows, ax=None, *, relative=True):
    """Draws norms by distance on a logarithmic scale: straight lines are exponentials.

    A line that falls shows a vanishing gradient, one that rises an exploding one.

    Args:
        flows: What `gradient_flow` returns: a `GradientFlow`, or a dictionary of them
            (or a list), which are drawn together.
        ax: The matplotlib Axes to draw in; by default those of a new figure.
        relative: Whether to divide each by its norm at distance 0, so that models of
            different sizes begin at one point.

    Returns:
        The Axes; `ax.figure.savefig("gradients.png")` writes the picture.

    Raises:
        SeqkitError: matplotlib is not installed, or the flows are of different kinds.

    Example:

    >>> import numpy as np
    >>> from seqkit.inspect import GradientFlow, plot_gradient_flow
    >>> flow = GradientFlow("rnn", 0.5 ** np.arange(20.0)[None])
    >>> plot_gradient_flow(flow).get_yscale()
    'log'
    """
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise SeqkitError(
            f"plot_gradient_flow: expected matplotlib, found {error}. Install it: "
            "pip install seqkit[plot]; or print flow.norms"
        ) from error

    if isinstance(flows, dict):
        named = list(flows.items())
    else:
        flows = list(flows) if isinstance(flows, list | tuple) else [flows]
        named = [(flow.name, flow) for flow in flows]
    kinds = {flow.wrt for _, flow in named}
    if len(kinds) != 1:
        found = " and ".join(map(repr, sorted(kinds))) or "none"
        raise SeqkitError(
            f"flows: expected gradients of one kind (wrt), found {found}. Draw them in "
            "pictures of their own"
        )
    if ax is None:
        _, ax = pyplot.subplots(figsize=(6.4, 4), layout="constrained")
    highest = lowest = None
    for number, (name, flow) in enumerate(named):
        values = flow.relative if relative else flow.norms
        shown = values[np.isfinite(values) & (values > 0)]
        if shown.size:
            highest = max(shown.max(), highest or 0)
            lowest = min(shown.min(), lowest or np.inf)
        ax.plot(
            flow.distances,
            np.where(values > 0, values, np.nan),
            color=COLORS[number % len(COLORS)],
            linestyle=STYLES[number % len(STYLES)],
            marker=MARKERS[number % len(MARKERS)],
            markevery=(number, max(1, len(values) // 8)),
            markersize=5,
            linewidth=1.8,
            label=name,
        )
    ax.set_yscale("log")
    if highest is not None and lowest < LOWEST * highest:
        ax.set_ylim(bottom=LOWEST * highest)
    ax.grid(True, color="0.9", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_xlabel("distance in time k (tokens)")
    wrt = "s" if kinds == {"state"} else "x"
    norm = rf"$\|\partial\,loss_t\,/\,\partial\,{wrt}_{{t-k}}\|$"
    ax.set_ylabel(f"{norm}, relative to k = 0" if relative else norm)
    ax.legend(frameon=False, handlelength=3.5)
    return ax
