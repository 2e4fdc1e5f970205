"""Places the shapes of a scene in its picture."""

import random
from typing import Any, NamedTuple

from seqkit.samples.scenes.lexicon import COLOURS, SIZES
from seqkit.samples.scenes.meaning import Group, Scene

SIDE = 64  # pixels
_MARGIN = 1.0
_JITTER = 1.0  # of each shape of a group, towards the other group or away from it
_APART = 3.0  # between the two groups, at least
# How far apart groups may be across their relation, of the way along it.
_ASKEW = 0.5

Colour = tuple[int, int, int]


class Shape(NamedTuple):
    """A shape in a picture; lengths in pixels, y downwards, the angle in degrees."""

    shape: str
    colour: Colour
    x: float
    y: float
    radius: float
    angle: float


class Layout(NamedTuple):
    """A picture: its background, and its shapes in the order of drawing."""

    background: Colour
    shapes: list[Shape]


def place(scene: Scene, rng: random.Random) -> Layout:
    """Places the shapes of a scene at random, without ambiguity.

    The centres of two groups side by side are at least twice as far apart along their
    relation as across it, and no shapes touch.
    """
    background: Any = tuple(rng.randint(222, 255) for _ in range(3))
    if scene.relation == "in":
        return Layout(background, _inside(scene, rng))
    while True:
        if shapes := _beside(scene, rng):
            return Layout(background, shapes)


def _inside(scene, rng):
    outer = rng.uniform(*SIZES[scene.second.size])
    room = 1.05 * outer + _MARGIN
    x, y = (rng.uniform(room, SIDE - room) for _ in range(2))
    inner = rng.uniform(*SIZES[scene.first.size])
    shift = [rng.uniform(-1, 1) for _ in range(2)]
    return [
        _shape(scene.second, x, y, outer, rng),
        _shape(scene.first, x + shift[0], y + shift[1], inner, rng),
    ]


def _beside(scene, rng):
    """Returns the shapes, or `None` if they happen to be too much askew."""
    groups = (scene.first, scene.second)
    radii = [rng.uniform(*SIZES[group.size]) for group in groups]
    extents = [1.05 * radius + _JITTER for radius in radii]
    free = SIDE - 2 * _MARGIN - 2 * sum(extents) - _APART
    before, between = sorted(rng.uniform(0, free) for _ in range(2))
    first = _MARGIN + extents[0] + before
    along = [first, first + sum(extents) + _APART + between - before]
    across, steps = [], []
    for group, radius in zip(groups, radii, strict=True):
        steps.append(2.1 * radius + rng.uniform(1.5, 3))
        room = (group.count - 1) * steps[-1] / 2 + 1.05 * radius + _MARGIN
        across.append(rng.uniform(room, SIDE - room) if 2 * room < SIDE else SIDE / 2)
    if abs(across[1] - across[0]) > _ASKEW * (along[1] - along[0] - 2 * _JITTER):
        return None
    shapes = []
    for i, group in enumerate(groups):
        for member in range(group.count):
            a = along[i] + rng.uniform(-_JITTER, _JITTER)
            c = across[i] + (member - (group.count - 1) / 2) * steps[i]
            x, y = (c, a) if scene.relation == "above" else (a, c)
            shapes.append(_shape(group, x, y, radii[i], rng))
    return shapes


def _shape(group: Group, x, y, radius, rng):
    colour: Any = tuple(
        min(255, max(0, value + rng.randint(-14, 14)))
        for value in COLOURS[group.colour]
    )
    return Shape(group.shape, colour, x, y, radius, rng.uniform(-8, 8))
