"""Embedded data: text and pictures generated from a seed, never downloaded.

Each module has a function `splits(seed, train, validation, test)`, which returns a
dictionary of the three splits, with as many rows as asked for. They have in common:

- The same seed gives the same rows, on every machine. A larger `train` begins with the
  rows of a smaller one.
- Some combinations, the same for every seed, are reserved for the test split:
  `is_reserved` checks one. No row of "train" and "validation" contains one.
- No row occurs twice, within a split or across them.
"""

from seqkit.samples import captioning as captioning
from seqkit.samples import language_modeling as language_modeling
from seqkit.samples import pointing as pointing
from seqkit.samples import sentiment as sentiment
from seqkit.samples import speech as speech
from seqkit.samples import summarization as summarization
from seqkit.samples import tagging as tagging
from seqkit.samples import translation as translation

__all__ = [
    "captioning",
    "language_modeling",
    "pointing",
    "sentiment",
    "speech",
    "summarization",
    "tagging",
    "translation",
]


def __dir__() -> list[str]:
    return __all__
