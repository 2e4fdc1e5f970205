"""How much memory the device has that trains, and how much a piece of work takes."""

import math
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras


class DeviceMemory:
    """The memory of the first accelerator, or else of this machine.

    Work is measured from the time that this object is made.

    Attributes:
        name: Such as "GPU" or "this machine".
        free: Bytes that were free at the beginning.

    >>> from seqkit.training.device_memory import DeviceMemory
    >>> memory = DeviceMemory()
    >>> memory.free > 0, memory.taken() >= 0
    (True, True)
    """

    def __init__(self):
        self._stats = _accelerator()
        self.name = "the GPU" if self._stats else "this machine"
        limit, used, _ = self._stats() if self._stats else (0, 0, 0)
        self.free = limit - used if self._stats else _free_here()
        self._before = used if self._stats else _resident()

    def taken(self) -> int:
        """The most bytes that were in use at once since, beyond those in use then."""
        peak = self._stats()[2] if self._stats else _peak()
        return max(0, peak - self._before)


def bytes_of(variables: Sequence[Any]) -> int:
    """Bytes that variables take on one device, which may hold only parts of them.

    >>> import keras
    >>> from seqkit.training.device_memory import bytes_of
    >>> bytes_of([keras.Variable([[1.0, 2.0]]), keras.Variable([3.0])])
    12
    """

    def size(variable):
        shards = getattr(variable.value, "addressable_shards", None)
        if shards:
            return shards[0].data.nbytes
        number = keras.ops.convert_to_numpy(keras.ops.zeros((), variable.dtype))
        return math.prod(variable.shape) * number.itemsize

    return sum(map(size, variables))


def _accelerator() -> Any:
    """A function to (limit, used, peak) in bytes; `None` on a CPU."""
    return {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}[
        keras.backend.backend()
    ]()


def _jax() -> Any:
    import jax

    device = jax.local_devices()[0]
    if not device.memory_stats():
        return None

    def stats():
        now = device.memory_stats()
        used = now["bytes_in_use"]
        return now["bytes_limit"], used, now.get("peak_bytes_in_use", used)

    return stats


def _tensorflow() -> Any:
    import tensorflow as tf
    from tensorflow.python.client import device_lib

    if not tf.config.list_logical_devices("GPU"):
        return None
    local = device_lib.list_local_devices()
    limit = next(one.memory_limit for one in local if one.device_type == "GPU")

    def stats():
        now = tf.config.experimental.get_memory_info("GPU:0")
        return limit, now["current"], now["peak"]

    return stats


def _torch() -> Any:
    import torch

    if not torch.cuda.is_available():
        return None

    def stats():
        free, _ = torch.cuda.mem_get_info()
        used = torch.cuda.memory_allocated()
        return free + used, used, torch.cuda.max_memory_allocated()

    return stats


def _free_here() -> int:
    """Bytes that this process can still have, by the system and its container."""
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        lines = dict(line.split(":") for line in meminfo.read_text().splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    else:
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    group = Path("/sys/fs/cgroup")
    try:
        limit = int((group / "memory.max").read_text())
        free = min(free, limit - int((group / "memory.current").read_text()))
    except (OSError, ValueError):  # no container, or one without a limit
        pass
    return free


def _status(name: str) -> int | None:
    """A size in /proc/self/status, in bytes."""
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.is_file() else ():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return None


def _resident() -> int:
    """Bytes in use, from which the peak is counted again where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return _peak()
    return _status("VmRSS") or _peak()


def _peak() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return _status("VmHWM") or peak
