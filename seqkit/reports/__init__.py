"""How good a model is on a split, in detail, and whether another one is better."""

from seqkit._public import public as _public
from seqkit.reports.judgement import Example as Example
from seqkit.reports.judgement import Judgement as Judgement


def __dir__() -> list[str]:
    return _public(globals())
