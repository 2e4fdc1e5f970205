"""What a task knows of the devices that it is trained on."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from seqkit.errors import SeqkitError


class Distribution:
    """Where the weights of a model and the rows of its batches lie; here, one device.

    Attributes:
        devices: How many devices there are.
        replicas: How many parts a batch is cut into; its rows are a multiple of it.
        part: Which part of each batch this process makes, of how many.
        whole_outputs: Whether a step of `fit` can return the outputs for all rows.

    >>> from seqkit.distribution import Distribution
    >>> Distribution().replicas
    1
    """

    devices = 1
    replicas = 1
    part = 0, 1
    whole_outputs = True

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """Context in which variables are made on these devices, and models run."""
        yield

    @contextlib.contextmanager
    def training(self, model: Any, batches: Any) -> Iterator[None]:
        """Context in which a model is trained on batches, or its part of them."""
        with self.scope():
            yield

    def single_steps(self) -> contextlib.AbstractContextManager[None]:
        """Context in which a model is trained step by step, by `train_on_batch`.

        Raises:
            SeqkitError: These devices cannot share a batch then.
        """
        return self.scope()

    def check(self, model: Any) -> str:
        """What is said of how a model lies on the devices, or ""; an error if wrong."""
        rows = getattr(model, "batch_size", None)
        if isinstance(rows, int) and rows % self.replicas:
            raise SeqkitError(
                f"batch_size: expected a multiple of {self.replicas}, the parts into "
                f"which devices cut a batch, found {rows}. The model carries the state "
                "of each row to the next batch"
            )
        return ""


def current() -> Distribution:
    """The distribution in whose scope the caller is.

    That of `seqkit.distribute`, or of `keras.distribution` or `tf.distribute`.
    """
    if "keras" not in sys.modules:
        return Distribution()
    import keras

    backend = keras.backend.backend()
    if backend == "jax":
        from seqkit.distribution.processes import process_count
        from seqkit.distribution.sharded import Sharded

        found = keras.distribution.distribution()
        local = Distribution() if found is None else Sharded(found)
        if process_count() == 1:
            return local
        from seqkit.distribution.several import processes

        return processes(local)
    if backend == "tensorflow":
        import tensorflow as tf

        from seqkit.distribution.mirrored import Mirrored

        if tf.distribute.has_strategy():
            return Mirrored(tf.distribute.get_strategy())
    return Distribution()
