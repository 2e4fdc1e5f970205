"""The picture of an alignment."""

from seqkit.errors import SeqkitError
from seqkit.inspect.pieces import readable


def plot_alignment(alignment, ax=None, *, cmap="gray", colorbar=False):
    """Draws an alignment as Figure 3 of Bahdanau et al. 2015, arXiv:1409.0473.

    Source tokens stand along the top, target tokens down the side; the brighter a
    square, the more the target token attended to the source token (0: black, 1: white).

    Args:
        alignment: An `Alignment`, as `task.attention` returns it; its `words()` make a
            smaller picture.
        ax: The matplotlib Axes to draw in; by default those of a new figure, as large
            as the tokens want.
        cmap: A colour map of matplotlib.
        colorbar: Whether to draw a scale beside it.

    Returns:
        The Axes; `ax.figure.savefig("alignment.png")` writes the picture.

    Raises:
        SeqkitError: matplotlib is not installed.

    Example:

    >>> import numpy as np
    >>> from seqkit.inspect import Alignment, plot_alignment
    >>> alignment = Alignment(np.eye(2), ["▁Hello", "</s>"], ["▁Hallo", "</s>"])
    >>> ax = plot_alignment(alignment)
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['Hello', '</s>']
    """
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise SeqkitError(
            f"plot_alignment: expected matplotlib, found {error}. Install it: "
            "pip install seqkit[plot]; or print alignment.to_text()"
        ) from error

    source = [readable(token) for token in alignment.source_tokens]
    target = [readable(token) for token in alignment.target_tokens]
    if ax is None:
        _, ax = pyplot.subplots(figsize=_size(source, target), layout="constrained")
        ax.set_anchor("SE")  # room that is left goes to the labels
    image = ax.imshow(
        alignment.weights, cmap=cmap, vmin=0, vmax=1, interpolation="nearest"
    )
    # Without parse_math a token such as "$" stays what it is.
    ax.set_xticks(range(len(source)), source, rotation=90, parse_math=False)
    ax.set_yticks(range(len(target)), target, parse_math=False)
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    if colorbar:
        ax.figure.colorbar(image, ax=ax, shrink=0.8)
    return ax


def _size(source, target, cell=0.36, letter=0.09, margin=0.4):
    """Inches of a figure in which no label touches the next."""
    width = cell * len(source) + letter * max(map(len, target), default=0)
    height = cell * len(target) + letter * max(map(len, source), default=0)
    return width + margin, height + margin
