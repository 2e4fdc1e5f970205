"""The plots of a text coloured by a unit or by saliency."""

import textwrap
import unicodedata
from typing import Any

import numpy as np

from seqkit.inspect.pictures import Axes, axes, import_pyplot
from seqkit.inspect.running_text import running_text
from seqkit.inspect.saliency import Saliency
from seqkit.inspect.unit_view import NEGATIVE, POSITIVE, ZERO, UnitView

CELL = 0.092, 0.2  # inches of a character
TITLE = 50  # characters that fit above the shortest text
LINE = 0.2  # inches of a line of the title


def plot_unit_view(
    view: UnitView, ax: Axes | None = None, *, width: int = 80, colorbar: bool = True
) -> Axes:
    """Draws a text coloured by a unit, as `UnitView` shows it in a notebook.

    Args:
        ax, colorbar: As in `plot_alignment`.
        width: Characters per line; longer lines are broken between tokens.

    >>> from seqkit.inspect import UnitView, plot_unit_view
    >>> ax = plot_unit_view(UnitView([0.9, -0.4], ["▁Hello", "▁you"], "unit 7"))
    >>> ax.get_title(loc="left")
    'unit 7'
    """
    import_pyplot("plot_unit_view", "view.to_ansi()")
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    cells, lines = _lay_out(running_text(view.tokens), width)
    colors = view.colors()
    used = max((column + n for _, column, n, *_ in cells), default=1)
    image = np.full((lines, used, 3), 255, np.uint8)
    size = CELL[0] * max(used, 40) + 0.3, CELL[1] * lines + 0.5 + 0.6 * colorbar
    ax = axes(ax, size, "plot_unit_view")
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
        limit = view.limit
        scale = ScalarMappable(
            Normalize(-limit, limit), LinearSegmentedColormap.from_list("unit", ends)
        )
        bar = ax.figure.colorbar(
            scale, ax=ax, location="bottom", shrink=0.4, aspect=30, pad=0.02
        )
        bar.set_ticks([-limit, 0, limit], labels=[f"{-limit:.2g}", "0", f"{limit:.2g}"])
        bar.outline.set_linewidth(0.5)
    return ax


def plot_saliency(
    saliency: Saliency,
    ax: Axes | None = None,
    *,
    width: int = 80,
    colorbar: bool = True,
) -> Axes:
    """Draws a text coloured by saliency, as `Saliency` shows it in a notebook.

    Args:
        saliency: A `Saliency`; its `by_word()` colours whole words.
        ax, width, colorbar: As in `plot_unit_view`; the scale is in nats.

    >>> from seqkit.inspect import Saliency, plot_saliency
    >>> found = Saliency([-0.4, 2.0], ["not", "bad"], "good", 1.7, 0.1)
    >>> plot_saliency(found).get_title(loc="left")
    'good: log-odds +1.70, of which +1.60 by the text'
    """
    own_figure = ax is None
    ax = plot_unit_view(saliency.view(), ax, width=width, colorbar=colorbar)
    title = textwrap.fill(saliency.name, TITLE)
    ax.set_title(title, loc="left", fontsize=10, parse_math=False)
    if own_figure:
        figure: Any = ax.figure
        more = title.count("\n")
        figure.set_figheight(figure.get_figheight() + LINE * more)
    return ax


def _lay_out(texts, width):
    """The places of characters: `(line, column, width, character, token)`."""
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
