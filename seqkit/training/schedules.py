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
