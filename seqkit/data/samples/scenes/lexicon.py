"""The words of the sample, and what they look like."""

import math

COLOURS = {
    "red": (215, 45, 45),
    "orange": (245, 140, 30),
    "yellow": (240, 215, 50),
    "green": (50, 155, 70),
    "blue": (50, 90, 210),
    "purple": (145, 60, 175),
    "brown": (120, 75, 40),
    "black": (35, 35, 35),
}
COUNTS = {2: "two", 3: "three"}
# Radius in pixels, of pictures of 64; "" is the size that has no word.
SIZES = {"small": (4.0, 5.0), "": (7.5, 9.0), "large": (23.0, 27.0)}


def _star():
    for corner in range(10):
        radius = 0.45 if corner % 2 else 1.05
        angle = math.pi * corner / 5
        yield radius * math.sin(angle), -radius * math.cos(angle)


# Corners in a square of -1 to 1, y downwards; `None` for what is round.
SHAPES = {
    "circle": None,
    "ring": None,
    "square": [(-0.87, -0.87), (0.87, -0.87), (0.87, 0.87), (-0.87, 0.87)],
    "triangle": [(0, -1), (1, 0.85), (-1, 0.85)],
    "diamond": [(0, -1.05), (0.8, 0), (0, 1.05), (-0.8, 0)],
    "star": list(_star()),
    "cross": [
        *[(-0.33, -1), (0.33, -1), (0.33, -0.33), (1, -0.33), (1, 0.33), (0.33, 0.33)],
        *[(0.33, 1), (-0.33, 1), (-0.33, 0.33), (-1, 0.33), (-1, -0.33)],
        (-0.33, -0.33),
    ],
}
RING_WIDTH = 0.4  # of its radius
