"""On which devices a task is trained: one, or several of one machine."""

from seqkit._public import public as _public
from seqkit.distribution.distribution import Distribution as Distribution
from seqkit.distribution.distribution import current as current
from seqkit.distribution.making import make_distribution as make_distribution


def __dir__() -> list[str]:
    return _public(globals())
