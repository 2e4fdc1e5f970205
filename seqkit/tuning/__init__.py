"""Tuning a card: trials with other options, and the best of them as a card."""

from seqkit._public import public as _public
from seqkit.tuning.outcome import Tuned as Tuned
from seqkit.tuning.tuning import tune as tune


def __dir__() -> list[str]:
    return _public(globals())
