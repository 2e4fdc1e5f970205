"""How a model is trained."""

from typing import Annotated, ClassVar, Literal

from seqkit import registries
from seqkit.options.defaults import by
from seqkit.options.option import (
    Count,
    Default,
    Fraction,
    NotNegative,
    OneOf,
    Positive,
    Steps,
    option,
)
from seqkit.options.options import Options


def rates(adamw: float, *, sample: float, sgd: float) -> Default:
    """Default learning rates by optimizer, for AdamW others with the sample."""
    return Default(
        by("optimizer", sgd=sgd, otherwise=adamw),
        sample=by("optimizer", sgd=sgd, otherwise=sample),
    )


class Optimization(Options):
    """The optimizer and its learning rate."""

    title: ClassVar[str] = "Optimization"

    optimizer: Annotated[str, OneOf(registries.optimizers)] = option(
        "adamw", "The optimizer."
    )
    learning_rate: Positive = option(
        by("optimizer", sgd=0.1, otherwise=1e-3),
        "Learning rate, or the peak of its schedule.",
    )
    schedule: Annotated[str, OneOf(registries.schedules)] = option(
        "constant",
        "How the rate changes. inverse_square_root and cosine rise for `warmup_steps`; "
        "the cosine reaches 0 at `schedule_epochs`. hold_then_decay is constant for "
        "`hold_epochs`, then divided by `decay_factor` in each epoch; plateau divides "
        "whenever the validation loss was not the best.",
    )
    warmup_steps: Steps = option(
        50,
        "Steps until the peak of the schedule; without a value at most a tenth of the "
        "steps of `schedule_epochs` epochs.",
    )
    schedule_epochs: Count = option(
        10, "Length of the cosine; also the default number of epochs of `fit`."
    )
    hold_epochs: Count = option(6, "Epochs before hold_then_decay decays.")
    decay_factor: Positive = option(
        by("schedule", plateau=4.0, otherwise=1.2),
        "What the rate is divided by in hold_then_decay and plateau.",
    )
    gradient_clip: Positive | None = option(
        1.0, "Largest norm of the gradient of all weights."
    )
    weight_decay: NotNegative = option(0.0, "Weight decay of AdamW; L2 penalty of SGD.")
    average_momentum: Fraction | None = option(
        0.98,
        "Momentum of the averaged weights (every 10 steps), which are the ones that "
        "are validated and kept; null keeps the last weights.",
    )


class Smoothing(Options):
    """Label smoothing of a loss."""

    title: ClassVar[str] = "Optimization"

    label_smoothing: Fraction = option(0.0, "Label smoothing, the ε of the loss.")


class EarlyStopping(Options):
    """Keeping the best epoch."""

    title: ClassVar[str] = "Optimization"

    monitor: str | None = option(
        None, "Figure of `evaluate` by which the best epoch is kept."
    )
    patience: Count | None = option(
        5,
        "Epochs without a better one after which `fit` stops, if there is a validation "
        "split; null: never.",
    )


class TokenStopping(EarlyStopping):
    """Keeping the best epoch of a model that predicts tokens."""

    monitor: Literal["loss", "perplexity", "accuracy"] | None = option(
        "loss",
        "Validation figure by which the best epoch is kept; null: the last is kept.",
    )


class Precision(Options):
    """Precision and compilation."""

    title: ClassVar[str] = "Precision and compilation"

    dtype_policy: Literal["float32", "mixed_float16", "mixed_bfloat16", "auto"] = (
        option(
            "float32",
            "Precision of the computation; auto: mixed_bfloat16 on a GPU, a TPU or a "
            "processor with AMX, otherwise float32. Figures of one precision are not "
            "exactly those of another.",
        )
    )
    jit_compile: bool | None = option(
        None,
        "Whether XLA compiles the training step, once per shape of a batch; without a "
        "value, on JAX alone.",
    )
    steps_per_execution: Count = option(
        1,
        "Steps of training between which nothing else runs, such as callbacks: more "
        "take less time where steps are short, as on accelerators. On PyTorch 1.",
    )


class Fit(Options):
    """What a card may say of `fit`."""

    title: ClassVar[str] = "Training"

    epochs: Count | None = option(
        None, "Passes over the training data; without a value, `schedule_epochs`."
    )
    verbose: Literal["auto", 0, 1, 2] = option(
        "auto",
        "What is shown: 0 nothing, 2 a line per epoch, 1 and auto in a terminal also a "
        "progress bar with the time that is left.",
    )
    tensorboard: str | None = option(
        None, "Folder for TensorBoard's logs; requires `seqkit[tensorboard]`."
    )
