"""Learning-rate schedules."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="seqkit")
class InverseSquareRoot(keras.optimizers.schedules.LearningRateSchedule):
    """A linear warm-up, then a decay with the square root of the step.

    `lr(t) = peak · min(t / w, sqrt(w / t))` for the steps t = 1, 2, … (Vaswani et al.
    2017, arXiv:1706.03762, equation 3, with the peak given instead of the width).

    Args:
        learning_rate: The peak, reached at step `warmup_steps`.
        warmup_steps: Steps of the warm-up, w.

    Example:

    >>> from seqkit.training import InverseSquareRoot
    >>> schedule = InverseSquareRoot(1e-3, warmup_steps=100)
    >>> [round(float(schedule(t)) * 1e3, 2) for t in (0, 49, 99, 399)]
    [0.01, 0.5, 1.0, 0.5]
    """

    def __init__(self, learning_rate, warmup_steps):
        super().__init__()
        self.learning_rate = learning_rate
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = ops.cast(step, "float32") + 1.0
        warmup = float(max(self.warmup_steps, 1))
        return self.learning_rate * ops.minimum(step / warmup, ops.sqrt(warmup / step))

    def get_config(self):
        return {
            "learning_rate": self.learning_rate,
            "warmup_steps": self.warmup_steps,
        }


@keras.saving.register_keras_serializable(package="seqkit")
class HoldThenDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A constant rate for some epochs, then one divided by a factor in each.

    `lr(e) = lr / factor ^ max(0, e + 1 - hold_epochs)` in the epochs e = 0, 1, …
    (Zaremba et al. 2014, arXiv:1409.2329, section 4.1: of their medium model 6 epochs
    at 1.0 and a factor of 1.2, of the large one 14 and 1.15).

    Args:
        learning_rate: The rate to begin with.
        hold_epochs: Epochs at that rate, at least 1.
        factor: What the rate is divided by in each epoch after.
        steps_per_epoch: Batches of an epoch.

    Example:

    >>> from seqkit.training import HoldThenDecay
    >>> schedule = HoldThenDecay(1.0, hold_epochs=6, factor=1.2, steps_per_epoch=1327)
    >>> [round(float(schedule(1327 * epoch)), 3) for epoch in (0, 5, 6, 7, 38)]
    [1.0, 1.0, 0.833, 0.694, 0.002]
    """

    def __init__(self, learning_rate, hold_epochs, factor, steps_per_epoch):
        super().__init__()
        for name, number in (
            ("hold_epochs", hold_epochs),
            ("factor", factor),
            ("steps_per_epoch", steps_per_epoch),
        ):
            if number < 1:
                raise ValueError(f"{name} must be at least 1, not {number}.")
        self.learning_rate = learning_rate
        self.hold_epochs = hold_epochs
        self.factor = factor
        self.steps_per_epoch = steps_per_epoch

    def __call__(self, step):
        # Whole numbers: a quotient of floats may fall on the wrong side of an epoch.
        epoch = ops.cast(step, "int32") // self.steps_per_epoch
        decays = ops.cast(ops.maximum(epoch + 1 - self.hold_epochs, 0), "float32")
        return self.learning_rate * ops.power(1.0 / self.factor, decays)

    def get_config(self):
        return {
            "learning_rate": self.learning_rate,
            "hold_epochs": self.hold_epochs,
            "factor": self.factor,
            "steps_per_epoch": self.steps_per_epoch,
        }
