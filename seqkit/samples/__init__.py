"""Embedded data: text and pictures generated from a seed, never downloaded.

Each module has `splits(seed, train, validation, test)`, which returns the rows of the
three splits. Its test split holds combinations that its training split never shows.
"""

from seqkit.samples import captioning as captioning
from seqkit.samples import language_modeling as language_modeling
from seqkit.samples import sentiment as sentiment
from seqkit.samples import tagging as tagging
from seqkit.samples import translation as translation

__all__ = ["captioning", "language_modeling", "sentiment", "tagging", "translation"]


def __dir__() -> list[str]:
    return __all__
