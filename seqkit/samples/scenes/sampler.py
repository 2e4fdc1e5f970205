"""Draws scenes."""

import random
from collections.abc import Callable

from seqkit.samples.scenes.lexicon import COLOURS, COUNTS, HOLDERS, SHAPES
from seqkit.samples.scenes.meaning import Group, Pair, Scene, pair

_RELATIONS = ("above", "left of", "in")
_COUNTS = (1, 1, *COUNTS)


class Sampler:
    """Draws scenes."""

    def __init__(self, allows: Callable[[Pair], bool] = lambda _: True):
        self._allows = allows

    def scene(self, rng: random.Random) -> Scene:
        """A scene whose pair is allowed."""
        while True:
            relation = rng.choice(_RELATIONS)
            if relation == "in":
                inner = _group(rng, [1], [""])
                outer = _group(rng, [1], ["large"], HOLDERS)
                scene = Scene(inner, "in", outer)
                clear = scene.first.colour != scene.second.colour
            else:
                first, second = (_group(rng, _COUNTS, ["small", ""]) for _ in "12")
                scene = Scene(first, relation, second)
                clear = first[2:] != second[2:]  # or they would look like one group
            if clear and self._allows(pair(scene)):
                return scene


def _group(rng, counts, sizes, shapes=tuple(SHAPES)):
    return Group(
        count=rng.choice(counts),
        size=rng.choice(sizes),
        colour=rng.choice(list(COLOURS)),
        shape=rng.choice(shapes),
    )
