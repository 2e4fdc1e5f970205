"""Pictures of coloured shapes, each with the one caption that describes it."""

import io
import random
from collections.abc import Iterator

from seqkit.samples import scenes
from seqkit.samples.chance import is_one_in
from seqkit.samples.drawing import Drawing

_RESERVED_ONE_IN = 8
_DRAWING = Drawing(
    "captioning",
    "pictures",
    "whose captions earlier ones do not have",
    "Ask for fewer.",
)


def splits(
    seed: int = 0, train: int = 12000, validation: int = 200, test: int = 400
) -> dict[str, list[dict]]:
    """Pictures and captions whose test split has what training never shows.

    A picture of 64 × 64 pixels has two groups of one or two shapes each, of one
    colour, kind and size. Every picture has exactly one caption:

    - "two green triangles above a yellow cross": the caption begins with the upper
      group,
    - "an orange ring left of two small blue squares": with the left one,
    - "a red circle in a large brown square": with the inner shape.

    Groups are "left of" or "above" each other if their centres are at least twice as
    far apart this way as the other. Most shapes are "small" or about twice as large,
    which has no word; "large" ones hold another.

    Reserved for the test split are pairs of kinds, about one in eight: if that is red
    circles and blue squares, no picture of "train" and "validation" has both, whatever
    their sizes, numbers and places. Each picture of "test" has a reserved pair. No
    caption of one split occurs in another, and none twice in "validation" or "test".
    See `seqkit.samples` for the arguments.

    Returns:
        "train", "validation" and "test" to lists of rows
        `{"image": bytes of a PNG, "captions": [caption]}`.

    Raises:
        DataError: So many pictures need more captions than there are.

    >>> from seqkit.samples import captioning
    >>> data = captioning.splits(train=10, validation=2, test=2)
    >>> data["train"][0]["captions"]
    ['a small yellow ring left of a small green cross']
    >>> data["test"][0]["captions"]  # of what training never shows in one picture
    ['two small green squares left of a black square']
    """
    sizes = {"train": train, "validation": validation, "test": test}
    return {
        name: [
            {"image": _png(layout), "captions": [scenes.to_english(scene)]}
            for scene, layout in rows
        ]
        for name, rows in draw_splits(seed, sizes)
    }


def draw_splits(
    seed: int, sizes: dict[str, int]
) -> Iterator[tuple[str, list[tuple[scenes.Scene, scenes.Layout]]]]:
    """Draws the scenes of each split, and the places of their shapes."""
    shown = scenes.Sampler(lambda pair: not is_reserved(pair))
    everything = scenes.Sampler()
    seen: set[scenes.Scene] = set()
    for name, count in sizes.items():
        if name == "test":
            yield name, _draw(everything, name, count, seed, seen, _is_held_out)
        else:
            yield name, _draw(shown, name, count, seed, seen)


def is_reserved(pair: scenes.Pair) -> bool:
    """Whether a pair of (colour, shape) is kept for the test split."""
    return is_one_in(_RESERVED_ONE_IN, *pair[0], *pair[1])


def _is_held_out(scene: scenes.Scene) -> bool:
    return is_reserved(scenes.pair(scene))


def _draw(sampler, split, count, seed, seen, is_wanted=lambda scene: True):
    """Draws scenes that are not in `seen` yet, and adds them to it."""

    def draw(rng: random.Random) -> list[tuple[scenes.Scene, scenes.Layout]]:
        scene = sampler.scene(rng)
        # Train may repeat the few scenes of one shape in another, placed differently.
        if (scene in seen and split != "train") or not is_wanted(scene):
            return []
        seen.add(scene)
        return [(scene, scenes.place(scene, rng))]

    return _DRAWING.draw(split, count, seed, draw)


def _png(layout: scenes.Layout) -> bytes:
    file = io.BytesIO()
    scenes.draw(layout).save(file, "PNG", compress_level=1)
    return file.getvalue()
