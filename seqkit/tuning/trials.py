"""One trial after another, until there are enough."""

import contextlib
import gc
import io
import math
import time
from collections.abc import Callable
from typing import Any

from seqkit.cards import Card, find_recipe
from seqkit.errors import SeqkitError
from seqkit.tuning import studies
from seqkit.tuning.space import Space


class UnknownFigure(SeqkitError):
    """There is no figure of the name that decides; no trial could have it."""


class Trials:
    """Runs trials of a study in this process.

    Args:
        study: The Optuna study.
        space: The card with its ranges.
        dataset: In place of the card's dataset, or `None`.
        metric: The figure that decides.
        stop: Returns whether no further epoch may begin.
        say: Called with a line of text about each trial.
        keep: Folder for the trained task of each trial, or `None`.
    """

    def __init__(
        self,
        study: Any,
        space: Space,
        dataset: Any,
        metric: str,
        *,
        stop: Callable[[], bool],
        say: Callable[[str], None],
        keep: Any = None,
    ):
        self.study, self.space, self.dataset, self.metric = (
            study,
            space,
            dataset,
            metric,
        )
        self.stop, self.say, self.keep = stop, say, keep
        self.maximize = study.direction.name == "MAXIMIZE"
        self._begun: Callable[[], None] = lambda: None
        self._fatal: SeqkitError | None = None
        self._quiet = False

    def run(self, most: int, lock: Any) -> None:
        """Runs trials until the study has so many; `lock` is held to begin one."""
        self.study.pruner = studies.pruner(self.space.settings.pruner)
        while not self.stop():
            with contextlib.ExitStack() as held:
                held.enter_context(lock)
                if studies.count(self.study) >= most:
                    return
                self._begun = held.close  # once the trial has its number
                self.study.optimize(self._one, n_trials=1, catch=(Exception,))
            if self._fatal is not None:
                raise self._fatal
            gc.collect()

    def _one(self, trial: Any) -> float:
        from optuna import TrialPruned

        from seqkit.tuning.pruning import TimeIsUp

        trial.set_user_attr("by", studies.me())
        self._begun()
        settings, seed = self.space.settings, self.space.card.seed or 0
        self.study.sampler = studies.sampler(settings.sampler, seed + trial.number)
        begun, outcome = time.monotonic(), ""
        try:
            value = self._value(trial, self.space.suggest(trial))
            outcome = f"{self.metric} {value:.4g}"
            return value
        except TrialPruned:
            outcome = "pruned"
            raise
        except (TimeIsUp, KeyboardInterrupt):
            self.study.enqueue_trial(trial.params)
            raise
        except UnknownFigure as error:
            self._fatal = error
            raise
        except Exception as error:
            reason = " ".join(f"{error}".split())[:500] or type(error).__name__
            if not isinstance(error, SeqkitError):
                reason = f"{type(error).__name__}: {reason}"
            trial.set_user_attr("error", reason)
            outcome = f"failed: {reason}"
            # The trace would keep the model of the trial in memory.
            raise SeqkitError(reason) from None
        finally:
            seconds = time.monotonic() - begun
            trial.set_user_attr("seconds", round(seconds, 1))
            chosen = ", ".join(f"{k} {_brief(v)}" for k, v in trial.params.items())
            if outcome:
                self.say(f"trial {trial.number}: {outcome} ({seconds:.0f} s; {chosen})")

    def _value(self, trial: Any, card: Card) -> float:
        from seqkit.tuning.pruning import Pruning

        watch = Pruning(trial, self.metric, self.maximize, self.stop)
        # What a task reports is the same in each trial, and of interest once.
        told = contextlib.redirect_stderr(io.StringIO()) if self._quiet else None
        with told or contextlib.nullcontext():
            self._quiet = True
            task = build(card, self.dataset)
            try:
                fit = {k: v for k, v in card.fit.items() if k != "tensorboard"}
                task.fit(**{"verbose": 0, **fit}, callbacks=[watch])
            finally:
                trial.set_user_attr("epochs", watch.epochs)
            figures = figures_of(task, card, self.metric)
            trial.set_user_attr("figures", figures)
            if self.keep is not None:
                task.save(f"{self.keep}/{trial.number:04}")
        return figures[self.metric]


def build(card: Card, dataset: Any) -> Any:
    """The task of a card, with the splits that tuning needs."""
    options = dict(card.build)
    if card.seed is not None:
        options["seed"] = card.seed
    if dataset is not None:
        options["dataset"] = dataset
    reason = "Trials are compared on it; give one, or validation_fraction above 0"
    return find_recipe(card.recipe).build(**options, needs={"validation": reason})


def figures_of(task: Any, card: Card, metric: str) -> dict[str, float]:
    """The figures of a trained task on validation, with the one that decides."""
    if metric.startswith("val_"):
        found = task.model.evaluate(task.validation, return_dict=True, verbose=0)
        found = {f"val_{name}": value for name, value in found.items()}
    else:
        options = {k: v for k, v in card.evaluate.items() if k != "split"}
        found = task.evaluate("validation", **options)
    figures = {
        name: float(value)
        for name, value in found.items()
        if isinstance(value, float | int) and not isinstance(value, bool)
    }
    if metric not in figures:
        raise UnknownFigure(
            f"tune.metric: expected one of {', '.join(figures)}, found {metric!r}"
        )
    if not math.isfinite(figures[metric]):
        raise SeqkitError(
            f"{metric}: expected a finite figure, found {figures[metric]}"
        )
    return figures


def _brief(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
