"""`batch_size="auto"`: the largest batch that memory and the data allow."""

import gc
from typing import Any

from seqkit.task.fitting import SMALLEST, STEPS
from seqkit.task.reporting import report

FIRST = 4
"""The batch that is measured first."""
MOST = 2**16
"""The largest batch."""
SHARE = 0.8
"""How much of the memory that is free a step may take."""
CLEAR = 256 * 2**20
"""Bytes by which a larger batch has to take more, so that more can be foretold."""


def automatic_batch(task: Any, model: Any = None) -> dict[str, int]:
    """The option `batch_size`, a power of two, from measured steps of training.

    A step is made with the longest examples. If by it the largest batch might not fit,
    others follow, each with four times the rows, until it is clear how much memory a
    row takes. No batch is larger than leaves an epoch `STEPS` steps.
    """
    from seqkit.training.device_memory import DeviceMemory

    memory = DeviceMemory()
    most = _most(task)
    limit, measured = SHARE * memory.free, {}
    size = min(FIRST, most)
    while True:
        measured[size] = _measure(task, size, model, memory)
        clear = len(measured) > 1 and _per_row(measured) * size >= CLEAR
        if clear or _foretold(measured, most) <= limit:
            break
        size = min(4 * size, most)
        if _foretold(measured, size) > limit:
            break
    chosen = most
    while chosen > 1 and _foretold(measured, chosen) > limit:
        chosen //= 2
    need, free = _foretold(measured, chosen) / 1e9, memory.free / 1e9
    about = "up to" if len(measured) == 1 else "about"
    said = (
        f"a step takes {about} {need:.2g} of the {free:.3g} GB that {memory.name} has"
    )
    said += " free, counting the copies of the weights that `fit` keeps"
    if chosen < most:
        more = _foretold(measured, 2 * chosen) / 1e9
        said += f", and twice the size would take {more:.2g} GB"
    else:
        said += f", and twice the size would leave an epoch fewer than {STEPS} steps"
    report(f"batch_size={chosen}: {said}")
    return {"batch_size": chosen}


def _most(task: Any) -> int:
    """The largest power of two that leaves an epoch enough steps."""
    size = least = SMALLEST["batch_size"]
    task.settle({"batch_size": least})
    while size < MOST and task.steps_per_epoch(least / (2 * size)) >= STEPS:
        size *= 2
    return size


def _measure(task: Any, size: int, model: Any, memory: Any) -> int:
    """Bytes that a step of training takes with the longest examples.

    The copies of the weights that `fit` keeps are included.
    """
    from seqkit.task.learning_rate import random_states_kept, retrained
    from seqkit.training.device_memory import bytes_of

    task.settle({"batch_size": size})
    task.forget_batches()
    with random_states_kept():
        tried = task.new_model() if model is None else model
        tried = retrained(task, tried, copied=model is not None)
        task.model = tried  # of which batches of images may need the encoder
        tried.train_on_batch(*task.batched("train", training=True)[0].heaviest())
    copies = task.copies_of_weights() * bytes_of(tried.trainable_variables)
    taken = memory.taken() + copies
    del tried, task.model
    gc.collect()
    return taken


def _per_row(measured: dict[int, int]) -> float:
    """Bytes that another row takes, by the two largest batches."""
    *_, before, last = sorted(measured)
    return max(0.0, (measured[last] - measured[before]) / (last - before))


def _foretold(measured: dict[int, int], size: int) -> float:
    """Bytes that a step of a batch takes."""
    last = max(measured)
    if len(measured) == 1:  # all of it may be due to the rows
        return measured[last] * max(1.0, size / last)
    return measured[last] + (size - last) * _per_row(measured)
