"""Reviews of things that do not exist, each with a mirror of the opposite opinion."""

from seqkit.samples.reviews.constructions import Review as Review
from seqkit.samples.reviews.constructions import draw_mirrored as draw_mirrored
from seqkit.samples.reviews.statements import Combination as Combination
