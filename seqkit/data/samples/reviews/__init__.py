"""Reviews of things that do not exist, each with a mirror of the opposite opinion."""

from seqkit.data.samples.reviews.constructions import Review as Review
from seqkit.data.samples.reviews.constructions import draw_mirrored as draw_mirrored
from seqkit.data.samples.reviews.statements import Combination as Combination
