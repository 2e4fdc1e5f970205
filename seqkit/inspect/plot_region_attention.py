"""The plot of a caption's attention to an image."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.pictures import Figure, import_pyplot
from seqkit.inspect.pieces import readable
from seqkit.inspect.region_attention import RegionAttention

SIDE = 1.9  # inches of a panel


def plot_region_attention(
    picture: Any,
    attention: Any,
    words: Sequence[str] | None = None,
    *,
    grid: tuple[int, int] | None = None,
    columns: int = 5,
    dim: float = 0.25,
    cmap: Any = None,
) -> Figure:
    """Draws an image once for each word, bright where the word attended.

    As in figure 3 of Xu et al. 2015, arXiv:1502.03044. Brightness is relative to each
    word's largest weight, so an image that is bright all over means even attention.

    Args:
        picture: Array `[H, W, 3]` or `[H, W]`, uint8 or float from 0 to 1; or a PIL
            image. Its size may differ from what the encoder read.
        attention: Array `[T, S]`, one row per word; or a `RegionAttention`.
        words: T strings for an array, which may be SentencePiece's pieces;
            `attention.words()` of a `RegionAttention` joins them.
        grid: Rows and columns of the S regions, for an array; by default a square.
        columns: Panels side by side.
        dim: Brightness of places without attention, from 0 to 1.
        cmap: A colour map of matplotlib such as `"inferno"`, which is laid over the
            image, the denser, the larger the attention.

    Returns:
        The figure; `figure.savefig("attention.png")` writes it. Its first panel is the
        image alone.

    >>> import numpy as np, seqkit
    >>> picture = np.full((32, 48, 3), 200, "uint8")
    >>> figure = seqkit.inspect.plot_region_attention(
    ...     picture, np.array([[1, 0, 0, 0], [0, 0, 0, 1]]), ["a", "dog"])
    >>> [ax.get_title() for ax in figure.axes]
    ['', 'a', 'dog']
    """
    pyplot = import_pyplot("plot_region_attention")
    attention = _checked(attention, words, grid)
    picture = _colours(picture)
    maps = attention.maps(*picture.shape[:2])
    count = 1 + len(attention.tokens)
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    tall = SIDE * picture.shape[0] / picture.shape[1] + 0.3
    figure, axes = pyplot.subplots(
        rows,
        columns,
        figsize=(SIDE * columns, tall * rows),
        squeeze=False,
        layout="constrained",
    )
    axes = list(axes.flat)
    for ax in axes:
        ax.set_axis_off()
    for ax in axes[count:]:
        ax.remove()
    axes[0].imshow(picture)
    for ax, token, weights in zip(axes[1:], attention.tokens, maps, strict=False):
        strength = (weights / max(weights.max(), 1e-12))[..., None]
        if cmap is None:
            ax.imshow(picture * (dim + (1 - dim) * strength))
        else:
            colours = pyplot.get_cmap(cmap)(strength[..., 0])[..., :3]
            grey = picture.mean(axis=-1, keepdims=True)
            ax.imshow(grey + 0.6 * strength * (colours - grey))
        # Without parse_math a token such as "$" is not changed.
        ax.set_title(readable(token), fontsize=11, parse_math=False)
    return figure


def _checked(attention, words, grid):
    if not isinstance(attention, RegionAttention):
        if words is None:
            raise SeqkitError(
                "words: expected one for each row of attention, found None"
            )
        return RegionAttention(attention, list(words), grid)
    if words is not None or grid is not None:
        raise SeqkitError(
            "words, grid: expected None with a RegionAttention, which has its own"
        )
    return attention


def _colours(picture):
    """The image as `[H, W, 3]`, from 0 to 1."""
    if hasattr(picture, "convert"):
        picture = picture.convert("RGB")
    array = np.asarray(picture)
    if array.ndim == 2:
        array = np.repeat(array[..., None], 3, axis=-1)
    if array.ndim != 3 or array.shape[2] != 3 or not array.size:
        raise SeqkitError(
            f"picture: expected the shape [H, W, 3] or [H, W], found {array.shape}"
        )
    if array.dtype == np.uint8:
        return array / 255
    if not (array.min() >= 0 and array.max() <= 1):
        raise SeqkitError(
            "picture: expected uint8, or floats from 0 to 1, found "
            f"{array.dtype} from {array.min():g} to {array.max():g}"
        )
    return array.astype("float64")
