"""Problems about points with exact answers: hulls, tours and triangles."""

from seqkit.samples.points.problems import draw as draw
from seqkit.samples.points.problems import solve as solve
