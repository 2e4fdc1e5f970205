"""What all plots have in common."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seqkit.errors import SeqkitError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
else:
    Axes = Figure = Any

# Of Okabe and Ito, distinct for colour-blind people too.
COLORS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
STYLES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def import_pyplot(function: str, instead: str = "") -> Any:
    """`matplotlib.pyplot`, or an error that names `instead` of it, if anything."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        instead = f"; or print {instead}" if instead else ""
        raise SeqkitError(
            f"{function}: expected matplotlib, found {error}. Install it: "
            f"pip install seqkit[plot]{instead}"
        ) from error
    return pyplot


def axes(ax: Axes | None, size: tuple[float, float], *arguments: str) -> Axes:
    """The Axes to draw in, else those of a new figure; see `import_pyplot`."""
    pyplot = import_pyplot(*arguments)
    return pyplot.subplots(figsize=size, layout="constrained")[1] if ax is None else ax


def style(number: int, linestyle: bool = True) -> dict[str, Any]:
    """The looks of the curve of a number, different from those of the others."""
    kinds = {"color": COLORS, "marker": MARKERS}
    kinds |= {"linestyle": STYLES} if linestyle else {}
    return {name: values[number % len(values)] for name, values in kinds.items()}


def label_matrix(
    ax: Axes, image: Any, columns: Sequence[str], rows: Sequence[str], colorbar: bool
) -> Any:
    """Labels the columns along the top and the rows; returns the scale, if any."""
    # Without parse_math a token such as "$" is not changed.
    ax.set_xticks(range(len(columns)), columns, rotation=90, parse_math=False)
    ax.set_yticks(range(len(rows)), rows, parse_math=False)
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    return ax.figure.colorbar(image, ax=ax, shrink=0.8) if colorbar else None


def open_frame(ax: Axes) -> None:
    """Removes the lines at the top and the right."""
    ax.spines[["top", "right"]].set_visible(False)


def longest(labels: Sequence[str]) -> int:
    """The length of the longest label."""
    return max(map(len, labels), default=0)
