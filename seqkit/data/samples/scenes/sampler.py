"""Scenes drawn at random."""

import random
from collections.abc import Callable

from seqkit.data.samples.scenes.lexicon import COLOURS, COUNTS, SHAPES
from seqkit.data.samples.scenes.meaning import Combination, Group, Scene, combinations

_RELATIONS = ("above", "left of", "in")
_COUNTS = (1, 1, *COUNTS)


class Sampler:
    """Draws scenes.

    Args:
        allows: Whether a combination may occur; by default any.
    """

    def __init__(self, allows: Callable[[Combination], bool] = lambda _: True):
        self._allows = allows

    def scene(self, rng: random.Random) -> Scene:
        """A scene, each of whose combinations is allowed."""
        while True:
            relation = rng.choice(_RELATIONS)
            if relation == "in":
                scene = Scene(
                    _group(rng, [1], ["small"]), "in", _group(rng, [1], ["large"])
                )
                clear = scene.first.colour != scene.second.colour
            else:
                first, second = (_group(rng, _COUNTS, ["small", ""]) for _ in "12")
                scene = Scene(first, relation, second)
                clear = first[2:] != second[2:]  # else they would look like one group
            if clear and all(map(self._allows, combinations(scene))):
                return scene


def _group(rng, counts, sizes):
    return Group(
        count=rng.choice(counts),
        size=rng.choice(sizes),
        colour=rng.choice(list(COLOURS)),
        shape=rng.choice(list(SHAPES)),
    )
