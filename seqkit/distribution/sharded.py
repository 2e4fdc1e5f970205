"""Several devices on JAX, by `keras.distribution`."""

import contextlib
import math
from collections.abc import Iterator, Sequence
from typing import Any

from seqkit.distribution.distribution import Distribution
from seqkit.errors import SeqkitError


class Sharded(Distribution):
    """Batches cut into parts for the devices, weights on each of them or cut too.

    Args:
        distribution: A `keras.distribution.DataParallel` or `ModelParallel`.
    """

    def __init__(self, distribution: Any):
        self.distribution = distribution
        self.devices = distribution.device_mesh.devices.size
        self.replicas = distribution.num_model_replicas

    def check(self, model: Any) -> str:
        super().check(model)
        parts = self.devices // self.replicas
        if parts == 1:
            return ""
        weights = model.trainable_variables
        cut = [one for one in weights if not one.value.sharding.is_fully_replicated]
        if not cut:
            raise SeqkitError(
                f"model_parallel: expected weights that can be cut into {parts} parts, "
                f"found none among {len(weights)}. Give sizes that are multiples of "
                f"{parts}, such as hidden_dim"
            )
        numbers = [sum(math.prod(one.shape) for one in some) for some in (cut, weights)]
        return (
            f"model_parallel={parts}: {len(cut)} of {len(weights)} weights, with "
            f"{numbers[0] / numbers[1]:.0%} of {numbers[1]:,} numbers, are cut into "
            f"{parts} parts"
        )

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
    from keras.distribution import DataParallel, DeviceMesh

    if model_parallel == 1:
        return Sharded(DataParallel(devices=list(devices)))
    from seqkit.distribution.layouts import BATCH, MODEL, CutWeights

    shape = len(devices) // model_parallel, model_parallel
    return Sharded(CutWeights(DeviceMesh(shape, [BATCH, MODEL], list(devices))))
