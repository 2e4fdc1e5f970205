"""The plot of gradients that vanish or explode."""

from collections.abc import Mapping, Sequence

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.gradient_flow import GradientFlow
from seqkit.inspect.pictures import Axes, axes, open_frame, style

LOWEST = 1e-12  # of the highest; far below, one curve would flatten all others


def plot_gradient_flow(
    flows: GradientFlow | Mapping[str, GradientFlow] | Sequence[GradientFlow],
    ax: Axes | None = None,
    *,
    relative: bool = True,
) -> Axes:
    """Draws norms by distance on a logarithmic scale: straight lines are exponentials.

    A line that falls shows a vanishing gradient, one that rises an exploding one.

    Args:
        flows: The result of `gradient_flow`: a `GradientFlow`, or a dictionary or list
            of them, which are drawn together.
        ax: As in `plot_alignment`.
        relative: Whether to divide each by its norm at distance 0, so that models of
            different sizes begin at one point.

    >>> import numpy as np, seqkit
    >>> flow = seqkit.inspect.GradientFlow("rnn", 0.5 ** np.arange(20.0)[None])
    >>> seqkit.inspect.plot_gradient_flow(flow).get_yscale()
    'log'
    """
    if isinstance(flows, Mapping):
        named = list(flows.items())
    else:
        flows = [flows] if isinstance(flows, GradientFlow) else flows
        named = [(flow.name, flow) for flow in flows]
    kinds = {flow.wrt for _, flow in named}
    if len(kinds) != 1:
        found = " and ".join(map(repr, sorted(kinds))) or "none"
        raise SeqkitError(
            f"flows: expected gradients of one kind (wrt), found {found}. Draw them "
            "separately"
        )
    ax = axes(ax, (6.4, 4), "plot_gradient_flow", "flow.norms")
    shown = []
    for number, (name, flow) in enumerate(named):
        values = flow.relative if relative else flow.norms
        shown.append(values[np.isfinite(values) & (values > 0)])
        ax.plot(
            flow.distances,
            np.where(values > 0, values, np.nan),
            markevery=(number, max(1, len(values) // 8)),
            markersize=5,
            linewidth=1.8,
            label=name,
            **style(number),
        )
    ax.set_yscale("log")
    lowest = np.concatenate(shown).min(initial=np.inf)
    highest = np.concatenate(shown).max(initial=0)
    if lowest < LOWEST * highest:
        ax.set_ylim(bottom=LOWEST * highest)
    ax.grid(True, color="0.9", linewidth=0.8)
    ax.set_axisbelow(True)
    open_frame(ax)
    ax.set_xlabel("distance in time k (tokens)")
    wrt = "s" if kinds == {"state"} else "x"
    norm = rf"$\|\partial\,loss_t\,/\,\partial\,{wrt}_{{t-k}}\|$"
    ax.set_ylabel(f"{norm}, relative to k = 0" if relative else norm)
    ax.legend(frameon=False, handlelength=3.5)
    return ax
