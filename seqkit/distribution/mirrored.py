"""Several devices on TensorFlow, by `tf.distribute.MirroredStrategy`."""

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from seqkit.distribution.distribution import Distribution
from seqkit.errors import SeqkitError


class Mirrored(Distribution):
    """Weights on each device, and a part of each batch.

    Args:
        strategy: The `tf.distribute.Strategy`.
    """

    whole_outputs = False  # Keras takes the mean of what the replicas return

    def __init__(self, strategy: Any):
        self.strategy = strategy
        self.devices = self.replicas = strategy.num_replicas_in_sync

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        with self.strategy.scope():
            yield

    def single_steps(self) -> contextlib.AbstractContextManager[None]:
        raise SeqkitError(
            f"devices: expected 1 where rates are tried on TensorFlow, found "
            f"{self.devices}. Try them on one device, without devices or "
            "seqkit.distribute: the losses are those of several"
        )


@functools.cache  # two strategies for the same devices would mix up their sums
def mirrored(devices: tuple[str, ...]) -> Mirrored:
    """A distribution over devices of TensorFlow, such as "GPU:0" and "GPU:1"."""
    import tensorflow as tf

    return Mirrored(tf.distribute.MirroredStrategy(list(devices)))
