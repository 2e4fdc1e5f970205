"""Learning-rate schedules."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="seqkit")
class InverseSquareRoot(keras.optimizers.schedules.LearningRateSchedule):
    """A linear warm-up, then a decay by the square root of the step.

    `lr(t) = peak · min(t / w, sqrt(w / t))` for the steps t = 1, 2, … (Vaswani et al.
    2017, arXiv:1706.03762, equation 3), the peak being `learning_rate`, at step w,
    `warmup_steps`.

    >>> from seqkit.training import InverseSquareRoot
    >>> schedule = InverseSquareRoot(1e-3, warmup_steps=100)
    >>> [round(float(schedule(t)) * 1e3, 2) for t in (0, 49, 99, 399)]
    [0.01, 0.5, 1.0, 0.5]
    """

    def __init__(self, learning_rate: float, warmup_steps: int):
        super().__init__()
        self.learning_rate = learning_rate
        self.warmup_steps = warmup_steps

    def __call__(self, step: Any) -> Any:
        step = ops.cast(step, "float32") + 1.0
        warmup = float(max(self.warmup_steps, 1))
        return self.learning_rate * ops.minimum(step / warmup, ops.sqrt(warmup / step))

    def get_config(self) -> dict[str, Any]:
        names = "learning_rate", "warmup_steps"
        return {name: getattr(self, name) for name in names}


@keras.saving.register_keras_serializable(package="seqkit")
class HoldThenDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A constant rate for some epochs, then one divided by a factor in each.

    `lr(e) = lr / factor ^ max(0, e + 1 - hold_epochs)` in the epochs e = 0, 1, …
    (Zaremba et al. 2014, arXiv:1409.2329, section 4.1: their medium model holds 1.0 for
    6 epochs, with a factor of 1.2, the large one for 14, with 1.15).

    Args:
        learning_rate, hold_epochs: The first rate, and the epochs at it, at least 1.
        factor: The divisor of the rate in each epoch after, at least 1.
        steps_per_epoch: Batches per epoch.

    >>> from seqkit.training import HoldThenDecay
    >>> schedule = HoldThenDecay(1.0, hold_epochs=6, factor=1.2, steps_per_epoch=1327)
    >>> [round(float(schedule(1327 * epoch)), 3) for epoch in (0, 5, 6, 7, 38)]
    [1.0, 1.0, 0.833, 0.694, 0.002]
    """

    def __init__(
        self,
        learning_rate: float,
        hold_epochs: int,
        factor: float,
        steps_per_epoch: int,
    ):
        super().__init__()
        self.learning_rate = learning_rate
        self.hold_epochs, self.factor = hold_epochs, factor
        self.steps_per_epoch = steps_per_epoch
        for name in ("hold_epochs", "factor", "steps_per_epoch"):
            if getattr(self, name) < 1:
                raise ValueError(
                    f"{name} must be at least 1, not {getattr(self, name)}."
                )

    def __call__(self, step: Any) -> Any:
        # Integers: a quotient of floats may be on the wrong side of an epoch.
        epoch = ops.cast(step, "int32") // self.steps_per_epoch
        decays = ops.cast(ops.maximum(epoch + 1 - self.hold_epochs, 0), "float32")
        return self.learning_rate * ops.power(1.0 / self.factor, decays)

    def get_config(self) -> dict[str, Any]:
        names = "learning_rate", "hold_epochs", "factor", "steps_per_epoch"
        return {name: getattr(self, name) for name in names}


def constant(learning_rate: float) -> float:
    """The rate itself, which a callback may change."""
    return float(learning_rate)


def cosine(
    learning_rate: float, warmup_steps: int, schedule_epochs: int, steps_per_epoch: int
) -> keras.optimizers.schedules.CosineDecay:
    """A linear warm-up, then half a cosine that reaches 0 after `schedule_epochs`."""
    steps = schedule_epochs * steps_per_epoch
    return keras.optimizers.schedules.CosineDecay(
        0.0 if warmup_steps else learning_rate,
        max(steps - warmup_steps, 1),
        warmup_target=learning_rate if warmup_steps else None,
        warmup_steps=warmup_steps,
    )


def hold_then_decay(
    learning_rate: float, hold_epochs: int, decay_factor: float, steps_per_epoch: int
) -> HoldThenDecay:
    """`HoldThenDecay` by the names of options."""
    return HoldThenDecay(learning_rate, hold_epochs, decay_factor, steps_per_epoch)
