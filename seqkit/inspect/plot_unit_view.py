"""The picture of a text coloured by a unit."""

import unicodedata

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.running_text import running_text
from seqkit.inspect.unit_view import NEGATIVE, POSITIVE, ZERO

CELL = 0.092, 0.2  # inches of a character


def plot_unit_view(view, ax=None, *, width=80, colorbar=True):
    """Draws a text coloured by a unit, as `UnitView` shows it in a notebook.

    Args:
        view: A `UnitView`.
        ax: The matplotlib Axes to draw in; by default those of a new figure, as large
            as the text wants.
        width: Characters of a line; longer ones are broken between tokens.
        colorbar: Whether to draw the scale.

    Returns:
        The Axes; `ax.figure.savefig("unit.png")` writes the picture.

    Raises:
        SeqkitError: matplotlib is not installed.

    Example:

    >>> from seqkit.inspect import UnitView, plot_unit_view
    >>> ax = plot_unit_view(UnitView([0.9, -0.4], ["▁Hello", "▁you"], "unit 7"))
    >>> ax.get_title(loc="left")
    'unit 7'
    """
    try:
        from matplotlib import pyplot
        from matplotlib.cm import ScalarMappable
        from matplotlib.colors import LinearSegmentedColormap, Normalize
    except ImportError as error:
        raise SeqkitError(
            f"plot_unit_view: expected matplotlib, found {error}. Install it: "
            "pip install seqkit[plot]; or print(view.to_ansi())"
        ) from error

    cells, lines = _lay_out(running_text(view.tokens), width)
    colors = view.colors()
    used = max((column + n for _, column, n, *_ in cells), default=1)
    image = np.full((lines, used, 3), 255, np.uint8)
    if ax is None:
        size = CELL[0] * max(used, 40) + 0.3, CELL[1] * lines + 0.5 + 0.6 * colorbar
        _, ax = pyplot.subplots(figsize=size, layout="constrained")
    for line, column, cell_width, character, token in cells:
        image[line, column : column + cell_width] = colors[token]
        ax.text(
            column + (cell_width - 1) / 2,
            line,
            character,
            color="black",
            family="monospace",
            fontsize=9,
            ha="center",
            va="center_baseline",
            parse_math=False,
        )
    ax.imshow(image, aspect=CELL[1] / CELL[0], interpolation="nearest")
    ax.set_axis_off()
    ax.set_title(view.name, loc="left", fontsize=10, parse_math=False)
    if colorbar:
        ends = [np.array(c) / 255 for c in (NEGATIVE, ZERO, POSITIVE)]
        scale = ScalarMappable(
            Normalize(-view.limit, view.limit),
            LinearSegmentedColormap.from_list("unit", ends),
        )
        bar = ax.figure.colorbar(
            scale, ax=ax, location="bottom", shrink=0.4, aspect=30, pad=0.02
        )
        bar.set_ticks([-view.limit, 0, view.limit])
        bar.ax.set_xticklabels([f"{-view.limit:.2g}", "0", f"{view.limit:.2g}"])
        bar.outline.set_linewidth(0.5)
    return ax


def _lay_out(texts, width):
    """Where each character goes: `(line, column, width, character, token)`."""
    line = column = 0
    cells = []
    for token, text in enumerate(texts):
        body = text.removesuffix("\n")
        if column and column + sum(map(_width, body)) > width:
            line, column = line + 1, 0
        for character in body:
            if column + _width(character) > width:
                line, column = line + 1, 0
            cells.append((line, column, _width(character), character, token))
            column += _width(character)
        if text.endswith("\n"):
            line, column = line + 1, 0
    return cells, line + (column > 0)


def _width(character):
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
