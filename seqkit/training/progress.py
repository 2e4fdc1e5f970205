"""What is shown while a model trains: figures, and the time that is left."""

import sys
import time
from typing import Any

from seqkit.training.best_weights import BestWeights
from seqkit.training.remaining import Remaining, spell
from seqkit.training.step_callbacks import StepCallback

EACH = 0.2
"""Seconds between two looks at the figures, for which the device is waited for."""


class Progress(StepCallback):
    """A line per epoch, and in a terminal a bar over the whole run.

    Args:
        bar: Whether to show the bar, if standard output is a terminal.
        best: The `BestWeights` of the run, which comes before this one.

    >>> import keras, numpy as np
    >>> from seqkit.training import Progress
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> _ = model.fit(np.ones((4, 1)), np.ones((4, 1)), epochs=2, verbose=0,
    ...               callbacks=[Progress()])
    epoch 1/2 (... left): loss ...
    epoch 2/2 (...): loss ...
    """

    def __init__(self, bar: bool = False, best: BestWeights | None = None):
        super().__init__()
        self.best, self._bar = best, None
        self._wanted = bar and sys.stdout.isatty()

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._remaining = Remaining(self.params["epochs"], self.params["steps"])
        self._begun, self._looked = None, 0.0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch
        if self._begun is None:
            self._begin(epoch)
        self._remaining.begin_epoch(epoch, time.monotonic())

    def _begin(self, epoch):
        self._begun, epochs = epoch, self.params["epochs"]
        best = self.best
        if best is not None and best.patience and epochs - epoch > best.patience:
            self._say(
                f"early stopping: after {best.patience} epochs without a better "
                f"val_{best.monitor} (patience; null: never)"
            )
        if self._wanted:
            self._bar = _bar(epochs * (self.params["steps"] or 1))

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        now, done = time.monotonic(), self.steps_to(batch)[-1] + 1
        self._remaining.end_step(done, now)
        if self._bar is not None and now - self._looked > EACH:
            self._looked = now
            self._show(done, logs)

    def on_test_begin(self, logs: dict | None = None) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], figures="validation")

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        took = self._remaining.end_epoch(epoch, time.monotonic())
        epochs, left = self.params["epochs"], self._remaining.left()
        times = f"{spell(took)}, {spell(left)} left" if left else spell(took)
        line = f"epoch {epoch + 1}/{epochs} ({times}): {_figures(logs or {})}"
        best = self.best
        if best is not None and best.epoch == epoch + 1 and epochs > 1:
            line += "; best so far"
        self._say(line)
        if self._bar is not None:
            self._show(self.params["steps"] or 0, logs)

    def on_train_end(self, logs: dict | None = None) -> None:
        self.close()
        best = self.best
        if best is None or self._begun is None or not best.epoch:
            return
        kept = f"epoch {best.epoch}, val_{best.monitor} {best.best:.4g}"
        kept += ", whose weights are kept"
        if best.stopped and self._epoch + 1 < self.params["epochs"]:
            self._say(
                f"stopped early, after epoch {self._epoch + 1} of "
                f"{self.params['epochs']}: {best.patience} epochs (patience) without "
                f"a better val_{best.monitor}. The best was {kept}"
            )
        elif best.epoch <= self._epoch:
            self._say(f"the best was {kept}")

    def close(self) -> None:
        """Takes the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _show(self, step, logs):
        left = self._remaining.left()
        self._bar.update(
            self._bar.task_ids[0],
            description=f"epoch {self._epoch + 1}/{self.params['epochs']}",
            completed=self._epoch * (self.params["steps"] or 1) + step,
            figures=_figures(logs or {}),
            left="" if left is None else f"{spell(left)} left",
        )

    def _say(self, text):
        if self._bar is None:
            print(text, flush=True)
        else:
            self._bar.console.print(text)


def _figures(logs: dict[str, Any]) -> str:
    return ", ".join(f"{name} {float(value):.4g}" for name, value in logs.items())


def _bar(total: int) -> Any:
    """A bar of rich, started."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[figures]}"),
    )
    console = Console(highlight=False, markup=False)
    bar = Bar(*columns, console=console, transient=True, refresh_per_second=4)
    bar.add_task("training", total=total, figures="", left="")
    bar.start()
    return bar
