"""The plot of learning curves."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.pictures import COLORS, Figure, import_pyplot, open_frame


def plot_history(
    history: Mapping[str, Sequence[float]],
    names: Sequence[str] | None = None,
    *,
    best_epoch: int | None = None,
) -> Figure:
    """Draws learning curves: a panel per figure, train and validation together.

    Args:
        history: Figure to its values, one per epoch, those of validation under
            `val_<name>`: `task.history`, or `history.history` of Keras.
        names: Figures to draw, without `val_`, by default all.
        best_epoch: An epoch to mark, from 1.

    Returns:
        The matplotlib Figure.

    Raises:
        SeqkitError: There are no figures, or not those that are named.

    >>> import seqkit
    >>> figure = seqkit.inspect.plot_history(
    ...     {"loss": [2.0, 1.5], "val_loss": [2.1, 1.8], "val_f1": [0.4, 0.6]},
    ...     best_epoch=2)
    >>> [ax.get_title() for ax in figure.axes]
    ['loss', 'f1']
    """
    pyplot = import_pyplot("plot_history", "task.history")
    known = list(dict.fromkeys(name.removeprefix("val_") for name in history))
    known.sort(key=lambda name: name != "loss")  # which comes first
    names = known if names is None else list(names)
    if not any(history.values()):
        raise SeqkitError(
            "history: expected the figures of an epoch or more, found none. Train first"
        )
    if unknown := [name for name in names if name not in known]:
        raise SeqkitError(
            f"names: expected some of {', '.join(known)}, found {', '.join(unknown)}"
        )
    columns = min(len(names), 3)
    rows = -(-len(names) // columns)
    figure, grid = pyplot.subplots(
        rows,
        columns,
        figsize=(4 * columns, 3 * rows),
        squeeze=False,
        layout="constrained",
    )
    for ax, name in zip(grid.flat, names, strict=False):
        _panel(ax, name, history, best_epoch)
    for ax in grid.flat[len(names) :]:
        ax.remove()
    return figure


def _panel(ax: Any, name: str, history: Any, best_epoch: int | None) -> None:
    curves = {"train": history.get(name), "validation": history.get(f"val_{name}")}
    for (label, values), color in zip(curves.items(), COLORS[1::-1], strict=True):
        if values:
            epochs = np.arange(1, len(values) + 1)
            ax.plot(epochs, values, label=label, color=color, marker=".")
    if best_epoch is not None:
        label = f"best epoch: {best_epoch}"
        ax.axvline(best_epoch, color="0.6", linestyle=":", label=label)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_title(name)
    ax.set_xlabel("epoch")
    open_frame(ax)
    ax.legend(frameon=False)
