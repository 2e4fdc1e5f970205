"""The picture of a text coloured by what decided."""

import textwrap

from seqkit.inspect.plot_unit_view import plot_unit_view

TITLE = 50  # characters that have room above the shortest text
LINE = 0.2  # inches of a line of the title


def plot_saliency(saliency, ax=None, *, width=80, colorbar=True):
    """Draws a text coloured by saliency, as `Saliency` shows it in a notebook.

    Args:
        saliency: A `Saliency`; its `by_word()` colours whole words.
        ax: The matplotlib Axes to draw in; by default those of a new figure, as large
            as the text wants.
        width: Characters of a line; longer ones are broken between tokens.
        colorbar: Whether to draw the scale, in nats.

    Returns:
        The Axes; `ax.figure.savefig("saliency.png")` writes the picture.

    Raises:
        SeqkitError: matplotlib is not installed.

    Example:

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
        figure, more = ax.figure, title.count("\n")
        figure.set_figheight(figure.get_figheight() + LINE * more)
    return ax
