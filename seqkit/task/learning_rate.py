"""Which learning rate suits a task: the range test on a copy of its model."""

import contextlib
import dataclasses
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seqkit.errors import ArgumentError


@dataclasses.dataclass(frozen=True)
class LearningRates:
    """What `find_learning_rate` found.

    Attributes:
        rates: The rate of each step, N floats.
        losses, smoothed: The loss of each step, and their moving average.
        suggestion: A rate to train with; `None` if the loss has not fallen.
        current: The option `learning_rate` of the task.
    """

    rates: list[float]
    losses: list[float]
    smoothed: list[float]
    suggestion: float | None
    current: float

    def plot(self, ax: Any = None) -> Any:
        """Draws the losses over the rates; see `seqkit.inspect.plot_learning_rates`."""
        from seqkit.inspect import plot_learning_rates

        return plot_learning_rates(self, ax)

    def as_dict(self) -> dict[str, Any]:
        """The figures, as JSON can hold them."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        lowest, highest = self.rates[0], self.rates[-1]
        tried = f"of {len(self.rates)} steps with rates from {lowest:.2g} to "
        tried += f"{highest:.2g}"
        if self.suggestion is None:
            return (
                "learning_rate: none suggested, since the loss has not fallen clearly "
                f"in any {tried}; the task has {self.current:.3g}"
            )
        return (
            f"learning_rate: {self.suggestion:.2g} suggested, a tenth of the rate with "
            f"the lowest loss {tried}; the task has {self.current:.3g}"
        )


def find_learning_rate(
    task: Any, steps: int, lowest: float, highest: float | None
) -> LearningRates:
    """Runs the range test; see `Task.find_learning_rate`."""
    import numpy as np

    from seqkit.training.range_test import range_test, smooth, suggest

    check_range(steps, lowest, highest)
    current = float(task.options.learning_rate)
    highest = max(10.0, 5 * current) if highest is None else highest
    task.train_split("The rates are tried on it.")
    batches = task.full_rows(task.batched("train", training=True)[0])

    def batch(step):
        return batches.batch(*divmod(step, len(batches)))

    rates = np.geomspace(lowest, highest, steps).tolist()
    with random_states_kept(), task.distribution.single_steps():
        losses = range_test(retrained(task, task.model), batch, rates)
    smoothed = smooth(losses)
    rates = rates[: len(losses)]
    return LearningRates(rates, losses, smoothed, suggest(rates, losses), current)


def check_range(steps: int, lowest: float, highest: float | None) -> None:
    """Refuses rates that cannot be tried."""
    problems = []
    if type(steps) is not int or steps < 10:
        problems.append(f"steps: expected an integer from 10, found {steps!r}")
    if not 0 < lowest < (10.0 if highest is None else highest) < float("inf"):
        problems.append(
            "lowest, highest: expected rates above 0, the second above the first, "
            f"found {lowest!r} and {'10 by default' if highest is None else highest}"
        )
    if problems:
        raise ArgumentError(problems)


def retrained(task: Any, model: Any, copied: bool = True) -> Any:
    """A model, or a copy of it, compiled with an optimizer whose rate can be set."""
    import keras

    from seqkit.training.optimizers import make_optimizer, scaled_loss

    if copied:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model.keras"
            model.save(file)
            model = keras.saving.load_model(file, compile=False)
    options = task.options
    optimizer = make_optimizer(
        options.optimizer, "constant", task.config, task.steps_per_epoch
    )
    optimizer = scaled_loss(optimizer, model.dtype_policy.name)
    model.compile(optimizer=optimizer, jit_compile=options.jit_compile, **task.losses())
    return model


@contextlib.contextmanager
def random_states_kept() -> Iterator[None]:
    """A context that leaves the global random generators as it found them."""
    import numpy as np

    python, numpy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
