"""`seqkit.distribute`: training on several devices."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from seqkit.task.quiet import import_backend

if TYPE_CHECKING:
    from seqkit.distribution import Distribution


@contextlib.contextmanager
def distribute(
    devices: int | None = None, *, model_parallel: int = 1
) -> "Iterator[Distribution]":
    """Context in which tasks are built, or loaded, on several devices.

    Each batch is cut into parts, and each device, or group of `model_parallel` devices,
    trains on one. The loss and its gradient are those of the whole batch. A task stays
    on the devices after the context. What it saves holds nothing of them, so that it
    can be loaded, or a run be resumed, on any number.

    On JAX `keras.distribution` does the work, on TensorFlow
    `tf.distribute.MirroredStrategy`; PyTorch has one device.

    Args:
        devices: How many devices of this machine, its GPUs or TPUs if it has any; by
            default as many as `model_parallel`. Where several processes train together
            (`seqkit.distribution.initialize`), those of each; by default all.
        model_parallel: How many devices share one copy of the weights. Embeddings, and
            the kernels of attention, feed-forward and recurrent layers, are cut into so
            many parts. JAX only.

    Returns:
        A context with the `seqkit.distribution.Distribution`.

    Raises:
        ArgumentError: There are not that many devices, the backend cannot use them, or
            `model_parallel` does not divide them.

    >>> import seqkit
    >>> with seqkit.distribute(devices=1) as distribution:
    ...     distribution.replicas
    1
    """
    import_backend()
    from seqkit.distribution import make_distribution

    distribution = make_distribution(devices, model_parallel)
    with distribution.scope():
        yield distribution
