"""Pictures of points in an order: hulls, tours and triangles."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.pictures import COLORS, axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CLOSED = ("hull", "tour")


def order_lines(points: Any, order: Sequence[int], problem: str) -> list[np.ndarray]:
    """The lines that an order draws, `[n, 2]` each: closed, of triangles one each.

    >>> from seqkit.inspect.order_view import order_lines
    >>> square = [[0, 0], [1, 0], [1, 1], [0, 1]]
    >>> order_lines(square, [0, 1, 2], "hull")[0].tolist()
    [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
    """
    points = np.asarray(points, "float64")
    if points.ndim != 2 or points.shape[1] != 2:
        raise SeqkitError(
            f"points: expected points in the plane [n, 2], found {list(points.shape)}"
        )
    if problem == "triangles":
        whole = len(order) - len(order) % 3
        parts = [list(order[i : i + 3]) for i in range(0, whole, 3)]
    else:
        parts = [list(order)] if len(order) else []
    closed = problem == "triangles" or problem in CLOSED
    return [points[part + part[:1] if closed else part] for part in parts]


def plot_order(
    points: Any,
    order: Sequence[int],
    problem: str = "hull",
    *,
    expected: Sequence[int] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draws points in the plane and an order of them.

    Args:
        points: `[n, 2]`.
        order: Indices.
        problem: What the order is: `"hull"` and `"tour"` are closed, `"triangles"` are
            drawn one by one, `"order"` is a path.
        expected: The right order, dotted.
        ax: Where to draw; by default a new figure.

    Returns:
        The matplotlib `Axes`.

    Raises:
        SeqkitError: The points are not in the plane, or matplotlib is missing.

    >>> from seqkit.inspect import plot_order
    >>> ax = plot_order([[0, 0], [1, 0], [0, 1]], [0, 1, 2], "tour")
    >>> len(ax.lines)
    1
    """
    lines = order_lines(points, order, problem)
    ax = axes(ax, (4, 4), "plot_order")
    points = np.asarray(points, "float64")
    for line in order_lines(points, () if expected is None else expected, problem):
        ax.plot(*line.T, color="0.2", linestyle=":", linewidth=2, zorder=1)
    for line in lines:
        ax.plot(*line.T, color=COLORS[1], linewidth=1.4, zorder=2)
    ax.scatter(*points.T, color=COLORS[0], s=18, zorder=3)
    if len(order) and problem != "triangles":
        ax.scatter(*points[order[0]], facecolors="none", edgecolors=COLORS[0], s=90)
    ax.set_aspect("equal")
    ax.set(xticks=[], yticks=[])
    return ax


@dataclass(frozen=True)
class OrderView:
    """Points in the plane with an order of them, as a picture in a page.

    Attributes:
        points, order, problem: As in `plot_order`.
        width: Width in pixels.

    >>> from seqkit.inspect import OrderView
    >>> "polyline" in OrderView([[0, 0], [1, 0], [0, 1]], [0, 1, 2]).to_html()
    True
    """

    points: Any
    order: Sequence[int]
    problem: str = "hull"
    width: int = 220

    def to_html(self) -> str:
        """An `<svg>`; a point's number is its tooltip."""
        points = np.asarray(self.points, "float64")
        lines = order_lines(points, self.order, self.problem)
        low, spread = points.min(axis=0), np.ptp(points, axis=0).max() or 1.0

        def places(some):
            found = (some - low) / spread * 200 + 10
            return np.stack([found[:, 0], 220 - found[:, 1]], axis=1).round(1)

        parts = [
            '<polyline fill="none" stroke="#0072B2" stroke-width="1.5" points="'
            + " ".join(f"{x},{y}" for x, y in places(line))
            + '"/>'
            for line in lines
        ]
        first = None if self.problem == "triangles" else next(iter(self.order), None)
        for number, (x, y) in enumerate(places(points)):
            ring = ' stroke="#000" stroke-width="2"' if number == first else ""
            parts.append(
                f'<circle cx="{x}" cy="{y}" r="4" fill="#D55E00"{ring}>'
                f"<title>{number}</title></circle>"
            )
        label = html.escape(f"{len(points)} points, {self.problem}")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
            f'viewBox="0 0 220 220" width="{self.width}" height="{self.width}">'
            f"{''.join(parts)}</svg>"
        )

    _repr_html_ = to_html
