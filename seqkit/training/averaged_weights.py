"""Models whose weights are replaced by an average for a while."""

import contextlib
from collections.abc import Iterator
from typing import Any

from seqkit.training.arrays import copies
from seqkit.training.step_callbacks import StepCallback


class AveragedWeights(StepCallback):
    """Validates and ends with `average`, arrays like `model.trainable_variables`."""

    copies = 1
    """Copies of the weights that it keeps while a step runs."""
    average: Any = None
    batches = 0
    every = 1
    _kept = None

    def due(self, batch: int) -> bool:
        """Counts the steps of a call, and says whether there is an `every`th of them.

        Of several steps in a call only the weights after the last one are known.
        """
        before, self.batches = self.batches, self.batches + len(self.steps_to(batch))
        return before // self.every < self.batches // self.every

    @contextlib.contextmanager
    def in_force(self) -> Iterator[None]:
        """A context in which the model has the average."""
        self.on_test_begin()
        try:
            yield
        finally:
            self.on_test_end()

    def on_test_begin(self, logs: dict | None = None) -> None:
        average = None if self._kept is not None else self.average
        if average is not None:
            self._kept = weights(self.model)
            self._assign(average)

    def on_test_end(self, logs: dict | None = None) -> None:
        if self._kept is not None:
            self._assign(self._kept)
            self._kept = None

    def on_train_end(self, logs: dict | None = None) -> None:
        average = self.average
        if average is not None:
            self._assign(average)

    def _assign(self, values):
        # Copies: on JAX the next step takes over what a variable holds.
        pairs = zip(self.model.trainable_variables, copies(values), strict=True)
        for variable, value in pairs:
            variable.assign(value)


def weights(model: Any) -> list[Any]:
    """Copies of a model's trainable variables, on their devices."""
    return copies([variable.value for variable in model.trainable_variables])
