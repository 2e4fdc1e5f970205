"""The options that the template of a task uses itself."""

from typing import ClassVar

from seqkit.options.groups.data import Data, TokenBatches
from seqkit.options.groups.training import Optimization, Precision


class Common(Precision, Optimization, TokenBatches, Data):
    """Data, batches, optimization and precision."""

    title: ClassVar[str] = "Batches"
