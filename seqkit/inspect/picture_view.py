"""A picture in a page, and the same by the attention of a caption's words."""

import base64
import html
import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.inspect.pieces import readable
from seqkit.inspect.region_attention import RegionAttention

DIM = 0.25  # brightness of places without attention


@dataclass(frozen=True)
class PictureView:
    """A picture that a page holds in itself.

    Attributes:
        picture: The path of an image, or a PIL image.
        width: Its largest width and height in pixels.

    >>> from PIL import Image
    >>> from seqkit.inspect import PictureView
    >>> PictureView(Image.new("RGB", (8, 8))).to_html().startswith("<img ")
    True
    """

    picture: Any
    width: int = 240

    def to_html(self) -> str:
        """An `<img>` with the picture as data."""
        return _img(_small(self.picture, self.width), "the picture")

    _repr_html_ = to_html


@dataclass(frozen=True)
class RegionView:
    """A picture once for each word of a caption, bright where the word attended.

    Attributes:
        picture: The path of an image, or a PIL image.
        attention: The `RegionAttention` of the caption.
        width: The largest width and height of each in pixels.

    >>> from PIL import Image
    >>> from seqkit.inspect import RegionAttention, RegionView
    >>> attention = RegionAttention([[1, 0, 0, 0]], ["dog"])
    >>> "dog" in RegionView(Image.new("RGB", (8, 8)), attention).to_html()
    True
    """

    picture: Any
    attention: RegionAttention
    width: int = 104

    def to_html(self) -> str:
        """A `<div>` of pictures with their words."""
        from PIL import Image

        pixels = np.asarray(_small(self.picture, self.width), "float32")
        maps = self.attention.maps(*pixels.shape[:2])
        shown = []
        for token, weights in zip(self.attention.tokens, maps, strict=True):
            strength = (weights / max(weights.max(), 1e-12))[..., None]
            lit = (pixels * (DIM + (1 - DIM) * strength)).astype("uint8")
            word = html.escape(readable(token))
            img = _img(Image.fromarray(lit), f"where {readable(token)} attended")
            shown.append(
                f'<figure style="margin:0">{img}<figcaption style="text-align:'
                f'center">{word}</figcaption></figure>'
            )
        style = "display:flex;flex-wrap:wrap;gap:.4em"
        return f'<div style="{style}">{"".join(shown)}</div>'

    _repr_html_ = to_html


def _small(picture: Any, width: int) -> Any:
    from PIL import Image, ImageOps

    if hasattr(picture, "convert"):
        image = picture.convert("RGB")
    else:
        with Image.open(picture) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail((width, width))
    return image


def _img(image: Any, what: str) -> str:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    data = base64.b64encode(file.getvalue()).decode()
    width, height = image.size
    return (
        f'<img alt="{html.escape(what)}" width="{width}" height="{height}" '
        f'src="data:image/jpeg;base64,{data}">'
    )
