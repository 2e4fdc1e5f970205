"""The words of the sample, and their appearance."""

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
COUNTS = {2: "two"}
# Radius in pixels, in pictures of 64; "" is the size that has no word.
SIZES = {"small": (6.0, 7.0), "": (10.5, 12.0), "large": (26.0, 28.0)}

# Corners in a square of -1 to 1, y downwards; `None` for round shapes.
SHAPES = {
    "circle": None,
    "ring": None,
    "square": [(-0.92, -0.92), (0.92, -0.92), (0.92, 0.92), (-0.92, 0.92)],
    "triangle": [(0, -1), (1, 0.85), (-1, 0.85)],
    "cross": [
        *[(-0.33, -1), (0.33, -1), (0.33, -0.33), (1, -0.33), (1, 0.33), (0.33, 0.33)],
        *[(0.33, 1), (-0.33, 1), (-0.33, 0.33), (-1, 0.33), (-1, -0.33)],
        (-0.33, -0.33),
    ],
}
RING_WIDTH = 0.3  # of its radius
HOLDERS = ("circle", "ring", "square")  # with room for another
