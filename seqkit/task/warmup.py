"""A warm-up of the learning rate that fits the steps that there are."""

import inspect
from collections.abc import Container
from typing import Any

from seqkit.registries import schedules

SHARE = 10
"""The warm-up is at most one step in so many."""


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
