"""Sample data of the project's own making: generated from a seed, never downloaded."""

from seqkit.data.samples import captioning as captioning
from seqkit.data.samples import language_modeling as language_modeling
from seqkit.data.samples import sentiment as sentiment
from seqkit.data.samples import tagging as tagging
from seqkit.data.samples import translation as translation
