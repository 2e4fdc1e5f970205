"""Batches as Keras reads them without TensorFlow."""

from collections.abc import Callable, Iterator
from typing import Any

import keras

from seqkit.data.batching.ahead import made_ahead
from seqkit.data.batching.batches import Batches

AHEAD = 4
"""Batches that are made, and are on the device, before the model asks for them."""


class EpochDataset(keras.utils.PyDataset):
    """What `fit` reads on JAX and PyTorch: `Batches`, a new epoch at each iteration.

    A thread makes batches ahead of time, and puts them on the accelerator if there is
    one. Within an epoch they come in their own order, also where Keras would shuffle
    them: a language model goes on where the batch before ended, and the other batches
    are shuffled already.

    Args:
        batches: The `Batches`.
        ahead: Batches that are made ahead of time; 0 makes them when they are asked
            for.

    >>> import numpy as np
    >>> from seqkit.data import BatchedLanes, TokenStream
    >>> from seqkit.data.batching.py_dataset import EpochDataset
    >>> stream = TokenStream(np.arange(11, 18))
    >>> dataset = EpochDataset(BatchedLanes(stream, batch_size=2, sequence_length=3))
    >>> len(dataset), [targets.tolist() for _, targets, _ in dataset]
    (2, [[[11, 12, 13], [15, 16, 17]], [[14, 0, 0], [0, 0, 0]]])
    """

    def __init__(self, batches: Batches, ahead: int = AHEAD):
        super().__init__()
        self.batches, self.ahead = batches, ahead
        self._reading: Iterator[Any] | None = None

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Any]:
        return self._epoch(lambda batch: batch)

    def _epoch(self, put: Callable[[Any], Any]) -> Iterator[Any]:
        epoch, batches = self.batches.next_epoch, self.batches
        batches.next_epoch += 1
        return made_ahead(
            lambda step: put(batches.batch(epoch, step)), len(self), self.ahead
        )

    def __getitem__(self, index: int) -> Any:
        """While `fit` runs the next batch; else that of a step of the next epoch."""
        if self._reading is None:
            return self.batches.batch(self.batches.next_epoch, index)
        return next(self._reading)

    def on_epoch_begin(self) -> None:
        self.close()
        self._reading = self._epoch(to_device())

    def on_epoch_end(self) -> None:
        self.close()

    def close(self) -> None:
        """Ends the thread of an epoch that has not ended, as after Ctrl-C."""
        if self._reading is not None:
            self._reading.close()  # type: ignore[attr-defined]
            self._reading = None


def to_device() -> Callable[[Any], Any]:
    """A function that puts a batch on the accelerator; without one it does nothing.

    Nor does it where `keras.distribution` has several devices, over which Keras divides
    a batch itself.
    """
    backend = keras.backend.backend()
    if keras.distribution.distribution() is None:
        if backend == "jax":
            import jax

            if jax.default_backend() != "cpu":
                return jax.device_put
        elif backend == "torch":
            import torch

            if torch.cuda.is_available():
                return lambda batch: keras.tree.map_structure(
                    keras.ops.convert_to_tensor, batch
                )
    return lambda batch: batch
