"""The picture of what was taken for what."""

import numpy as np

from seqkit.errors import SeqkitError


def plot_confusion(confusion, names=None, ax=None, *, cmap="Blues", colorbar=True):
    """Draws a confusion matrix: gold down the side, predicted along the top.

    Each cell holds its count, none where it is 0; its colour is the share of its row,
    so that rare classes are seen as well as frequent ones.

    Args:
        confusion: What `seqkit.metrics.classification_scores` or `tagging_scores`
            return, their `confusion`, or counts in an array `[K, K]`, gold by
            predicted.
        names: The names of the K classes; needed with an array. Else those to be
            drawn, by default all.
        ax: The matplotlib Axes to draw in; by default those of a new figure, as large
            as the names want.
        cmap: A colour map of matplotlib.
        colorbar: Whether to draw the scale.

    Returns:
        The Axes; `ax.figure.savefig("confusion.png")` writes the picture.

    Raises:
        SeqkitError: matplotlib is not installed, there is no confusion in the scores,
            a name is unknown, or the shape is another.

    Example:

    >>> from seqkit.inspect import plot_confusion
    >>> ax = plot_confusion({"joy": {"joy": 8, "fear": 2}, "fear": {"fear": 5}})
    >>> [text.get_text() for text in ax.texts]
    ['8', '2', '5']
    """
    try:
        from matplotlib import colormaps, pyplot
    except ImportError as error:
        raise SeqkitError(
            f"plot_confusion: expected matplotlib, found {error}. Install it: "
            "pip install seqkit[plot]; or print the counts"
        ) from error

    counts, names = _counts(confusion, names)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    if ax is None:
        _, ax = pyplot.subplots(figsize=_size(counts, names), layout="constrained")
    cmap = colormaps[cmap] if isinstance(cmap, str) else cmap
    image = ax.imshow(shares, cmap=cmap, vmin=0, vmax=1, interpolation="nearest")
    for row, column in np.argwhere(counts):
        red, green, blue, _ = cmap(shares[row, column])
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        ax.text(
            column,
            row,
            f"{counts[row, column]}",
            color="white" if dark else "black",
            fontsize=8,
            ha="center",
            va="center_baseline",
        )
    # Without parse_math a name such as "$" stays what it is.
    ax.set_xticks(range(len(names)), names, rotation=90, parse_math=False)
    ax.set_yticks(range(len(names)), names, parse_math=False)
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    ax.set_ylabel("gold")
    ax.set_xlabel("predicted")
    ax.xaxis.set_label_position("top")
    if colorbar:
        ax.figure.colorbar(image, ax=ax, shrink=0.8, label="share of the row")
    return ax


def _counts(confusion, names):
    """Ints `[K, K]` and K names."""
    if not isinstance(confusion, dict):
        counts = np.asarray(confusion)
        expected = len(names or []), len(names or [])
        if names is None or counts.shape != expected:
            raise SeqkitError(
                "confusion: expected counts [K, K] and the names of the K classes, "
                f"found the shape {counts.shape} and {expected[0]} names"
            )
        return counts.astype("int64"), list(names)
    if isinstance(confusion.get("signature"), str):
        if "confusion" not in confusion:
            raise SeqkitError(
                "confusion: expected scores with a 'confusion', found "
                f"{', '.join(confusion)}. With several labels a text there is none"
            )
        confusion = confusion["confusion"]
    known = dict.fromkeys(confusion)
    known |= dict.fromkeys(name for row in confusion.values() for name in row)
    names = list(known if names is None else names)
    for name in names:
        if name not in known:
            raise SeqkitError(
                f"names: expected some of {', '.join(map(repr, known))}, found {name!r}"
            )
    counts = [[confusion.get(a, {}).get(b, 0) for b in names] for a in names]
    return np.array(counts, "int64").reshape(len(names), len(names)), names


def _size(counts, names, letter=0.09, margin=0.9):
    """Inches of a figure in which no name and no count touches the next."""
    cell = max(0.3, 0.1 + 0.07 * len(str(counts.max(initial=0))))
    side = cell * len(names) + letter * max(map(len, names), default=0) + margin
    return max(side, 2.4) + 0.6, max(side, 2.4)
