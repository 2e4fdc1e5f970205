"""Scenes of coloured shapes: their contents, their layout and their pictures."""

from seqkit.samples.scenes.drawing import draw as draw
from seqkit.samples.scenes.layout import Layout as Layout
from seqkit.samples.scenes.layout import Shape as Shape
from seqkit.samples.scenes.layout import place as place
from seqkit.samples.scenes.meaning import Group as Group
from seqkit.samples.scenes.meaning import Pair as Pair
from seqkit.samples.scenes.meaning import Scene as Scene
from seqkit.samples.scenes.meaning import pair as pair
from seqkit.samples.scenes.meaning import to_english as to_english
from seqkit.samples.scenes.sampler import Sampler as Sampler
