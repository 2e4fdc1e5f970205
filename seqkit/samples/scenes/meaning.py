"""The contents of a scene, and its one caption."""

from typing import NamedTuple

from seqkit.samples.scenes.lexicon import COUNTS

RELATIONS = ("above", "left of", "in")

Pair = tuple[tuple[str, str], tuple[str, str]]


class Group(NamedTuple):
    """One or two shapes of one kind."""

    count: int
    size: str
    colour: str
    shape: str


class Scene(NamedTuple):
    """Two groups, the first of which is above, left of or in the second."""

    first: Group
    relation: str
    second: Group


def to_english(scene: Scene) -> str:
    """The caption of a scene."""
    return f"{_phrase(scene.first)} {scene.relation} {_phrase(scene.second)}"


def pair(scene: Scene) -> Pair:
    """Colour and shape of both groups, whichever comes first."""
    first, second = sorted(
        (group.colour, group.shape) for group in (scene.first, scene.second)
    )
    return first, second


def _phrase(group: Group) -> str:
    words = [word for word in (group.size, group.colour, group.shape) if word]
    if group.count == 1:
        words.insert(0, "an" if words[0][0] in "aeiou" else "a")
    else:
        words.insert(0, COUNTS[group.count])
        words[-1] = f"{words[-1]}{'es' if group.shape == 'cross' else 's'}"
    return " ".join(words)
