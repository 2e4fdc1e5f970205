"""Several devices on JAX, by `keras.distribution`."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from seqkit.distribution.distribution import Distribution


class Sharded(Distribution):
    """Batches cut into parts for the devices, weights on each of them or cut too.

    Args:
        distribution: A `keras.distribution.DataParallel` or `ModelParallel`.
    """

    def __init__(self, distribution: Any):
        self.distribution = distribution
        self.devices = distribution.device_mesh.devices.size
        self.replicas = distribution.num_model_replicas

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        with self.distribution.scope():
            yield


def sharded(devices: Sequence[str], model_parallel: int) -> Sharded:
    """A distribution over devices of JAX.

    Args:
        devices: Their names, as in `keras.distribution.list_devices()`.
        model_parallel: Devices that share one copy of the weights.
    """
    from keras.distribution import DataParallel

    return Sharded(DataParallel(devices=list(devices)))
