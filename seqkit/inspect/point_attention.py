"""Which point looks at which: the choices of a pointer network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.alignment import Alignment
from seqkit.inspect.pictures import COLORS, axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class PointAttention:
    """How probable each point was to follow, step by step.

    Attributes:
        weights: Float array `[T + 1, n + 1]`: before the first of T indices, and after
            each of them, the probability of every point to be next, and of the end.
        points: `[n, F]`.
        order: T indices.
        problem: See `seqkit.inspect.plot_order`.

    >>> import numpy as np, seqkit
    >>> looks = seqkit.inspect.PointAttention(
    ...     np.array([[1, 0, 0], [0, 0.8, 0.2], [0, 0, 1]]), [[0, 0], [1, 0]], [0, 1])
    >>> print(looks.alignment().to_text())
             0  1  end
    start    █
    after 0     ▓  ░░░
    after 1        ███
    """

    weights: np.ndarray
    points: Any
    order: Sequence[int]
    problem: str = "hull"

    def __post_init__(self):
        object.__setattr__(self, "weights", np.asarray(self.weights))
        expected = len(self.order) + 1, len(self.points) + 1
        if self.weights.shape != expected:
            raise SeqkitError(
                "weights: expected the shape (indices + 1, points + 1) = "
                f"{expected}, found {self.weights.shape}"
            )

    @property
    def source_tokens(self) -> list[str]:
        """What is looked at: the number of each point, and the end."""
        return [*map(str, range(len(self.points))), "end"]

    @property
    def target_tokens(self) -> list[str]:
        """Where it is looked from: the start, and after each index."""
        return ["start", *(f"after {index}" for index in self.order)]

    def alignment(self) -> Alignment:
        """The same as a table."""
        return Alignment(self.weights, self.source_tokens, self.target_tokens)

    def _repr_html_(self) -> str:
        return self.alignment().to_html()

    def shown(self) -> dict[str, Any]:
        """For a page; see `seqkit.Task.explain`."""
        return {"weights": self.weights.round(4).tolist()}

    def plot(self, ax: "Axes | None" = None, *, least: float = 0.01) -> "Axes":
        """Draws an arrow from each point of the order to where it looks.

        An arrow is as dark as its probability; those below `least` are left out. The
        first point has a ring.
        """
        points = np.asarray(self.points, "float64")
        if points.shape[1] != 2:
            raise SeqkitError(
                f"points: expected points in the plane, found {points.shape[1]} "
                "dimensions. Print alignment() instead"
            )
        ax = axes(ax, (4, 4), "PointAttention.plot", "alignment()")
        for place, index in enumerate(self.order):
            for other in np.flatnonzero(self.weights[place + 1, :-1] >= least):
                ax.annotate(
                    "",
                    points[other],
                    points[index],
                    arrowprops={
                        "arrowstyle": "-|>",
                        "color": COLORS[1],
                        "alpha": float(
                            np.clip(self.weights[place + 1, other], 0.05, 1)
                        ),
                        "shrinkA": 4,
                        "shrinkB": 4,
                    },
                )
        ax.scatter(*points.T, color=COLORS[0], s=18, zorder=3)
        for number, (x, y) in enumerate(points):
            ax.annotate(
                str(number), (x, y), (4, 4), textcoords="offset points", fontsize=8
            )
        if len(self.order):
            first = points[self.order[0]]
            ax.scatter(*first, facecolors="none", edgecolors=COLORS[0], s=90)
        ax.set_aspect("equal")
        ax.set(xticks=[], yticks=[])
        return ax
