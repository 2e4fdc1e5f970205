"""The plot of a confusion matrix."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.pictures import Axes, axes, import_pyplot, label_matrix, longest


def plot_confusion(
    confusion: Any,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    *,
    cmap: Any = "Blues",
    colorbar: bool = True,
) -> Axes:
    """Draws a confusion matrix: gold down the side, predicted along the top.

    Each cell holds its count unless it is 0; its colour is the share of its row, so
    that rare classes are visible as well as frequent ones.

    Args:
        confusion: The result of `seqkit.metrics.classification_scores` or
            `tagging_scores`, their `confusion`, or counts in an array `[K, K]`, gold by
            predicted.
        names: The names of the K classes of an array; else the classes to draw, by
            default all.
        ax, cmap, colorbar: As in `plot_alignment`.

    Raises:
        SeqkitError: There is no confusion in the scores, a name is unknown, or the
            array has another shape.

    >>> from seqkit.inspect import plot_confusion
    >>> ax = plot_confusion({"joy": {"joy": 8, "fear": 2}, "fear": {"fear": 5}})
    >>> [text.get_text() for text in ax.texts]
    ['8', '2', '5']
    """
    pyplot = import_pyplot("plot_confusion", "the counts")
    counts, names = _counts(confusion, names)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    # Inches in which no name and no count touches the next.
    cell = max(0.3, 0.1 + 0.07 * len(str(counts.max(initial=0))))
    side = max(cell * len(names) + 0.09 * longest(names) + 0.9, 2.4)
    ax = axes(ax, (side + 0.6, side), "plot_confusion")
    cmap = pyplot.get_cmap(cmap)
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
    bar = label_matrix(ax, image, names, names, colorbar)
    if bar is not None:
        bar.set_label("share of the row")
    ax.set_ylabel("gold")
    ax.set_xlabel("predicted")
    ax.xaxis.set_label_position("top")
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
                f"{', '.join(confusion)}. With several labels per text there is none"
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
