"""Defaults that fit the data: shapes and sizes of batches, length of the warm-up."""

import inspect
from collections.abc import Container, Mapping
from typing import Any

from seqkit.registries import schedules

SHARE = 10
"""The warm-up is at most one step in so many."""
STEPS = 50
"""Steps that an epoch has at least, if batches can be made smaller."""
SMALLEST = {"batch_tokens": 256, "batch_size": 8}
"""Batches that are not made smaller."""


def fitting_batch(task: Any, given: Mapping[str, Any]) -> dict[str, int]:
    """The size of a batch, if its default leaves an epoch too few steps.

    Few steps teach a model little in the usual number of epochs.
    """
    options, names = task.config, list(SMALLEST)
    known = any(given.get(name) is not None for name in names)
    if known or options["dataset"] is None:
        return {}
    name = next((name for name in names if options.get(name) is not None), None)
    if name is None or "train" not in task.splits:
        return {}
    before = now = task.steps_per_epoch()
    size = options[name]
    while now < STEPS and size // 2 >= SMALLEST[name]:
        size //= 2
        now = task.steps_per_epoch(options[name] / size)
    if now == before:  # it cannot be smaller, or is small already
        return {}
    task.inform(
        f"{name}={size}: an epoch has {now:,} steps; with {options[name]:,}, the "
        f"default, only {before:,}"
    )
    return {name: size}


def fitting_bounds(task: Any) -> dict[str, list[int]]:
    """The option `bucket_bounds`, chosen by the lengths of train if shapes are static.

    All splits share these bounds.
    """
    from seqkit.data.batching.bounds import choose_bounds, padded_share

    options = task.config
    given = options.get("bucket_bounds", [])
    if isinstance(given, list) or options.get("bucket_width") is not None:
        return {}
    if not options.get("static_shapes") or "train" not in task.splits:
        return {}
    lengths = task.lengths("train", True)
    if lengths is None or not len(lengths):
        return {}
    bounds = choose_bounds(lengths, given)
    padding = 1 - 1 / padded_share(lengths, bounds)
    listed = ", ".join(map(str, bounds))
    shapes = f"{len(bounds)} shapes" if len(bounds) > 1 else "one shape"
    task.inform(
        f"bucket_bounds=[{listed}]: {shapes} of batches; padding is "
        f"{100 * padding:.0f} % of their tokens"
    )
    return {"bucket_bounds": bounds}


def fitting_warmup(task: Any, given: Container[str]) -> dict[str, int]:
    """The option `warmup_steps`, if its default is too long for the training data.

    What was `given` stays, but is reported if it is longer than all of training.
    """
    options, known = task.config, "warmup_steps" in given
    warmup, schedule = options.get("warmup_steps"), options.get("schedule")
    sample = options["dataset"] is None and not known
    if not warmup or sample or "train" not in task.splits:
        return {}
    if "warmup_steps" not in inspect.signature(schedules[schedule]).parameters:
        return {}
    epochs = options["schedule_epochs"]
    steps = task.steps_per_epoch() * epochs
    total = f"{steps:,} steps of {epochs} epochs (schedule_epochs)"
    if known:
        if warmup >= steps:
            task.inform(f"warmup_steps={warmup}: more than all {total}")
        return {}
    fitting = max(steps // SHARE, 1)
    if fitting >= warmup:
        return {}
    task.inform(f"warmup_steps={fitting}: one in {SHARE} of the {total}")
    return {"warmup_steps": fitting}
