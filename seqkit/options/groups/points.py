"""Sets of points, and the network that points at them."""

from typing import Annotated, ClassVar, Literal

from seqkit import registries
from seqkit.options.defaults import by
from seqkit.options.groups.data import Data
from seqkit.options.groups.model import Heads
from seqkit.options.option import Count, Fraction, Length, OneOf, Positive, option
from seqkit.options.options import Mistakes

Problem = Literal["hull", "tour", "triangles", "order"]
MOST_CITIES = 12


class Points(Data):
    """Where sets of points are, or how they are drawn, and what is asked of them."""

    title: ClassVar[str] = "Points"

    problem: Problem = option(
        "hull",
        "What an order is: the corners of a convex hull, a closed tour of all points, "
        "the corners of the triangles of a Delaunay triangulation one after the other, "
        "or any other order of a dataset.",
    )
    points: str = option("points", "Column of the points, lists of vectors.")
    order: str = option("order", "Column of the orders, lists of indices from 0.")
    repeats: bool = option(
        by("problem", triangles=True, otherwise=False),
        "Whether an index may come twice in an order.",
    )
    max_length: Length = option(1024, "The most indices of an order.")
    examples: Count | None = option(
        None,
        "Sets that are drawn in the unit square for each epoch, with exact answers, in "
        "place of a train split.",
        sample=4096,
    )
    held_out_examples: Count = option(
        1000, "Sets drawn for validation, and for test, if the data have none."
    )
    min_points: Count = option(5, "The fewest points of a set that is drawn.")
    max_points: Count = option(10, "The most points of a set that is drawn.", sample=8)
    augment: bool = option(
        False,
        "Whether sets in the plane are turned, mirrored and numbered otherwise in each "
        "epoch.",
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        if self.examples is None:
            return
        if self.problem == "order":
            yield (
                "problem, examples",
                "expected hull, tour or triangles, whose answers are known, found "
                "order. Give a dataset with a train split instead of examples",
            )
        fewest = {"tour": 2, "order": 1}.get(self.problem, 3)
        if not fewest <= self.min_points <= self.max_points:
            yield (
                "min_points, max_points",
                f"expected numbers from {fewest} on, the fewest first, found "
                f"{self.min_points} and {self.max_points}",
            )
        if self.problem == "tour" and self.max_points > MOST_CITIES:
            yield (
                "max_points",
                f"expected at most {MOST_CITIES}, for which the shortest tour is found "
                f"in time, found {self.max_points}",
            )


class Pointer(Heads):
    """A network from a set of vectors to an order of them."""

    architecture: Annotated[str, OneOf(registries.encoders)] = option(
        "transformer", "What reads the points."
    )
    num_layers: Count = option(
        by("architecture", transformer=3, mamba=2, otherwise=1),
        "Layers of the encoder.",
        sample=by("architecture", transformer=2, mamba=2, otherwise=1),
    )
    hidden_dim: Count = option(128, "Width of the encoder and the decoder.", sample=64)
    cell: Literal["lstm", "gru", "rnn"] = option("lstm", "Cell of the decoder.")
    attention: Annotated[str, OneOf(registries.attention_scores)] = option(
        "additive", "Score by which the decoder looks at points, and points at one."
    )
    logit_clipping: Positive | None = option(
        10.0, "The largest score of a point, so that no choice is certain too early."
    )
    position_encoding: bool = option(
        False, "Whether a Transformer reads points as a list, rather than as a set."
    )
    normalize: bool = option(
        True,
        "Whether each set is moved and scaled to the same place and size before it is "
        "read.",
    )
    dropout: Fraction = option(0.0, "Fraction dropped in training.")
