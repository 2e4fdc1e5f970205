"""The attention of a caption's words to an image."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.pieces import joined, readable


@dataclass(frozen=True)
class RegionAttention:
    """Attention of T tokens over the regions of an image, h rows of w.

    Attributes:
        weights: Float array `[T, S]`, S = h · w, row by row; each row sums to 1.
        tokens: T strings.
        grid: Rows and columns of regions, h and w; by default a square.

    >>> import numpy as np, seqkit
    >>> attention = seqkit.inspect.RegionAttention(
    ...     np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]), ["▁a", "▁do", "g"])
    >>> attention.words().tokens
    ['a', 'dog']
    >>> attention.words().weights[1]
    array([0. , 0. , 0.5, 0.5])
    """

    weights: np.ndarray
    tokens: list[str]
    grid: Any = None

    def __post_init__(self):
        weights = np.asarray(self.weights, "float64")
        if weights.ndim != 2 or len(weights) != len(self.tokens):
            raise SeqkitError(
                "weights: expected the shape (tokens, regions) with "
                f"{len(self.tokens)} tokens, found {weights.shape}"
            )
        regions = weights.shape[1]
        grid = (math.isqrt(regions),) * 2 if self.grid is None else tuple(self.grid)
        if len(grid) != 2 or math.prod(grid) != regions:
            raise SeqkitError(
                f"grid: expected rows and columns of {regions} regions, found "
                f"{self.grid}. An encoder has them as its grid"
            )
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "grid", grid)

    def words(self) -> "RegionAttention":
        """The same for words without `▁`: the weights of their pieces are averaged."""
        words, belongs = joined(self.tokens)
        weights = belongs / belongs.sum(axis=1, keepdims=True) @ self.weights
        return RegionAttention(weights, words, self.grid)

    def shown(self) -> dict[str, Any]:
        """The attention as lists, for a page; see `seqkit.Task.explain`."""
        return {
            "view": "regions",
            "words": [readable(token) for token in self.tokens],
            "grid": [int(size) for size in self.grid],
            "weights": self.weights.round(4).tolist(),
        }

    def maps(self, height: int, width: int) -> np.ndarray:
        """The weights at each pixel of an image that the regions cover evenly.

        They are interpolated linearly between the centres of regions, and then averaged
        over a window of the size of a region, which removes the edges. The result
        `[T, H, W]` is between the smallest and the largest weight of each token.
        """
        weights = self.weights.reshape(-1, *self.grid)
        rows, columns = (
            _spread(regions, pixels)
            for regions, pixels in zip(self.grid, (height, width), strict=True)
        )
        return np.einsum("yr,trc,xc->tyx", rows, weights, columns, optimize=True)


def _spread(regions, pixels):
    """How much each pixel takes of each region, `[P, R]`; rows sum to 1."""
    size = pixels / regions
    # Nine points of each pixel's window, in regions from the first one's centre.
    points = (np.arange(pixels)[:, None] + 0.5) / size - 0.5
    points = (points + np.linspace(-0.5, 0.5, 9)).clip(0, regions - 1)
    near = np.abs(points[..., None] - np.arange(regions))
    return (1 - near).clip(0).mean(axis=1)
