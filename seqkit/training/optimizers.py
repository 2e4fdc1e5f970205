"""Optimizers and their learning rates, by name."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import keras

from seqkit.errors import SeqkitError
from seqkit.registries import optimizers, schedules
from seqkit.replicas import clipped_as_whole

FIRST_LOSS_SCALE = 256.0
"""The first loss scale where gradients are float16."""


class _ClippedAsWhole:
    """Mixed in before an optimizer: clips the gradient of the whole batch."""

    global_clipnorm: float | None

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        grads = clipped_as_whole(list(grads), self.global_clipnorm)
        super().apply(grads, trainable_variables)  # type: ignore[misc]


@keras.saving.register_keras_serializable(package="seqkit")
class AdamW(_ClippedAsWhole, keras.optimizers.AdamW):
    """`keras.optimizers.AdamW`, the same on several replicas."""


@keras.saving.register_keras_serializable(package="seqkit")
class SGD(_ClippedAsWhole, keras.optimizers.SGD):
    """`keras.optimizers.SGD`, the same on several replicas."""


def make_optimizer(
    name: str,
    schedule: str,
    options: Mapping[str, Any],
    steps_per_epoch: Callable[[], int],
) -> keras.optimizers.Optimizer:
    """An optimizer of `seqkit.registries.optimizers` with one of its `schedules`.

    Args:
        name: Name of the optimizer, `"adamw"` or `"sgd"` if no more are registered.
        schedule: Name of the schedule: `"constant"`, `"inverse_square_root"`,
            `"cosine"`, `"hold_then_decay"` or `"plateau"`, a constant rate that a
            callback reduces.
        options: Option to value, `learning_rate` among them: those that the schedule
            names, `weight_decay` (0 by default), and `gradient_clip` (the largest norm
            of all gradients, no limit by default).
        steps_per_epoch: Returns the number of steps per epoch; called only if the
            schedule takes it.

    Raises:
        SeqkitError: There is no such optimizer or schedule, or an option is missing.

    >>> from seqkit.training import make_optimizer
    >>> options = {"learning_rate": 1, "hold_epochs": 6, "decay_factor": 1.2}
    >>> optimizer = make_optimizer("sgd", "hold_then_decay", options, lambda: 1327)
    >>> type(optimizer).__name__, float(optimizer.learning_rate)
    ('SGD', 1.0)
    """
    make_rate = schedules[schedule]
    given = {**options, "learning_rate": float(options["learning_rate"])}
    arguments = {}
    for parameter in inspect.signature(make_rate).parameters.values():
        if parameter.name == "steps_per_epoch":
            arguments[parameter.name] = steps_per_epoch()
        elif parameter.name in given:
            arguments[parameter.name] = given[parameter.name]
        elif parameter.default is parameter.empty:
            raise SeqkitError(
                f"schedule {schedule}: expected the option {parameter.name}, found "
                f"{', '.join(given)}"
            )
    return optimizers[name](
        make_rate(**arguments),
        weight_decay=options.get("weight_decay", 0.0),
        gradient_clip=options.get("gradient_clip"),
    )


def scaled_loss(optimizer: Any, policy: str) -> keras.optimizers.Optimizer:
    """The optimizer, with a scaled loss where the policy is `"mixed_float16"`.

    The scale is doubled after every 2,000 steps. If a gradient is not finite, the step
    is skipped and the scale is halved. Keras starts with 32,768, with which gradients
    of a CTC loss or of a pointer network overflow, so that the first steps are skipped.

    >>> from seqkit.training.optimizers import make_optimizer, scaled_loss
    >>> sgd = make_optimizer("sgd", "constant", {"learning_rate": 1}, lambda: 1)
    >>> scaled_loss(sgd, "float32") is sgd
    True
    >>> scaled_loss(sgd, "mixed_float16").initial_scale
    256.0
    """
    if policy != "mixed_float16":
        return optimizer
    return keras.optimizers.LossScaleOptimizer(
        optimizer, FIRST_LOSS_SCALE, name="loss_scale_optimizer"
    )


def build_optimizer(model: Any) -> None:
    """Makes the variables of a compiled model's optimizer, unless they are there.

    Keras's `LossScaleOptimizer` would make its own once more.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def adamw(
    learning_rate: Any, *, weight_decay: float, gradient_clip: float | None
) -> keras.optimizers.Optimizer:
    """AdamW with the decay rates of Vaswani et al. 2017, arXiv:1706.03762, 5.3."""
    return AdamW(
        learning_rate,
        weight_decay=weight_decay,
        beta_2=0.98,
        epsilon=1e-9,
        global_clipnorm=gradient_clip,
    )


def sgd(
    learning_rate: Any, *, weight_decay: float, gradient_clip: float | None
) -> keras.optimizers.Optimizer:
    """Plain stochastic gradient descent."""
    return SGD(
        learning_rate, weight_decay=weight_decay or None, global_clipnorm=gradient_clip
    )
