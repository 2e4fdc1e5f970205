"""What every class of batches offers."""

from collections.abc import Iterator
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Batches(Protocol):
    """Numbered batches: each is a function of (seed, epoch, step).

    So nothing about an iterator has to be saved to resume a run, and every host can
    compute its own part.

    Attributes:
        next_epoch: The epoch of the next iteration; each iteration adds 1.

    >>> import numpy as np
    >>> from seqkit.data import BatchedLanes, Batches, TokenStream
    >>> stream = TokenStream(np.arange(11, 18))
    >>> isinstance(BatchedLanes(stream, batch_size=2, sequence_length=3), Batches)
    True
    """

    next_epoch: int

    def __len__(self) -> int:
        """Batches per epoch, the same in every epoch."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """The batches of the next epoch."""
        ...

    def batch(self, epoch: int, step: int) -> Any:
        """One batch, nested NumPy arrays."""
        ...

    def heaviest(self) -> Any:
        """The batch that takes the most memory to train on."""
        ...

    def count_if_smaller(self, times: float) -> int:
        """Batches per epoch, if each had so many times fewer rows."""
        ...

    def signature(self) -> Any:
        """The `Spec`s of a batch, nested alike."""
        ...

    def to_dataset(self) -> Any:
        """What `fit` reads on the backend in use, a new epoch at each iteration."""
        ...

    def to_tf_dataset(self) -> Any:
        """A `tf.data.Dataset` of these batches, a new epoch at each iteration."""
        ...
