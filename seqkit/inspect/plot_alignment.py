"""The plot of an alignment."""

from typing import Any

from seqkit.inspect.alignment import Alignment
from seqkit.inspect.pictures import Axes, axes, label_matrix, longest
from seqkit.inspect.pieces import readable


def plot_alignment(
    alignment: Alignment,
    ax: Axes | None = None,
    *,
    cmap: Any = "gray",
    colorbar: bool = False,
) -> Axes:
    """Draws an alignment as in figure 3 of Bahdanau et al. 2015, arXiv:1409.0473.

    Source tokens are along the top, target tokens down the side; the brighter a square,
    the larger the weight (0: black, 1: white). Beside a target token is how much of
    it was copied, if the alignment knows that.

    Args:
        alignment: An `Alignment`, as `task.attention` returns it; its `words()` make a
            smaller plot.
        ax: The Axes to draw in and to return; by default of a new figure that fits.
        cmap, colorbar: A colour map of matplotlib, and whether to draw a scale.

    >>> import numpy as np
    >>> from seqkit.inspect import Alignment, plot_alignment
    >>> alignment = Alignment(np.eye(2), ["▁Hello", "</s>"], ["▁Hallo", "</s>"])
    >>> ax = plot_alignment(alignment)
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['Hello', '</s>']
    """
    source = [readable(token) for token in alignment.source_tokens]
    target = alignment.labels()
    # Inches in which no label touches the next.
    width = 0.36 * len(source) + 0.09 * longest(target) + 0.4
    height = 0.36 * len(target) + 0.09 * longest(source) + 0.4
    is_new = ax is None
    ax = axes(ax, (width, height), "plot_alignment", "alignment.to_text()")
    if is_new:
        ax.set_anchor("SE")  # room that is left goes to the labels
    image = ax.imshow(
        alignment.weights, cmap=cmap, vmin=0, vmax=1, interpolation="nearest"
    )
    label_matrix(ax, image, source, target, colorbar)
    return ax
