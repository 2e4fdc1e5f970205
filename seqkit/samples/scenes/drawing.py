"""Draws the picture of a layout."""

import math

from PIL import Image, ImageDraw

from seqkit.samples.scenes.layout import SIDE, Layout, Shape
from seqkit.samples.scenes.lexicon import RING_WIDTH, SHAPES

_FINER = 4  # drawn this much larger and reduced, for smooth edges


def draw(layout: Layout) -> Image.Image:
    """The picture, of 64 × 64 pixels."""
    image = Image.new("RGB", (SIDE * _FINER, SIDE * _FINER), layout.background)
    pen = ImageDraw.Draw(image)
    for shape in layout.shapes:
        _draw(pen, shape)
    return image.reduce(_FINER)


def _draw(pen: ImageDraw.ImageDraw, shape: Shape) -> None:
    x, y, radius = (_FINER * value for value in shape[2:5])
    corners = SHAPES[shape.shape]
    if corners is None:
        box = (x - radius, y - radius, x + radius, y + radius)
        if shape.shape == "ring":
            width = round(RING_WIDTH * radius)
            pen.ellipse(box, outline=shape.colour, width=width)
        else:
            pen.ellipse(box, fill=shape.colour)
        return
    cos = radius * math.cos(math.radians(shape.angle))
    sin = radius * math.sin(math.radians(shape.angle))
    points = [(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in corners]
    pen.polygon(points, fill=shape.colour)
