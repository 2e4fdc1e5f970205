"""On which devices a task is trained: one, or several of one machine."""

from seqkit._public import public as _public
from seqkit.distribution.distribution import Distribution as Distribution
from seqkit.distribution.distribution import current as current
from seqkit.distribution.joining import initialize as initialize
from seqkit.distribution.making import make_distribution as make_distribution
from seqkit.distribution.processes import is_primary as is_primary
from seqkit.distribution.processes import on_primary as on_primary
from seqkit.distribution.processes import process_count as process_count
from seqkit.distribution.processes import process_index as process_index


def __dir__() -> list[str]:
    return _public(globals())
