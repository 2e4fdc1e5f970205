"""Training a task: its optimizer, its callbacks and `fit`."""

import contextlib
import math
import os
from collections.abc import Iterable
from typing import Any

from seqkit.distribution import is_primary
from seqkit.errors import ArgumentError, Diverged, SeqkitError
from seqkit.options import groups
from seqkit.task import interrupted
from seqkit.task.examples import Examples
from seqkit.task.learning_rate import LearningRates, find_learning_rate
from seqkit.task.reporting import report
from seqkit.task.shown import closed, shown, tensorboard_logs

CALLS_AHEAD = 8
"""Calls of the training function after which an accelerator is asked for one loss."""


class Training(Examples):
    """Examples with a model that is trained on them."""

    model: Any
    distribution: Any
    history: dict[str, list[float]]
    interrupted: str = ""
    """Where Ctrl-C or SIGTERM ended the last `fit`, if it did."""

    def averaging(self) -> Any:
        """The callback that averages the weights, or `None`."""
        from seqkit.training import WeightAveraging

        values = self.config
        momentum = values.get("average_momentum")
        if momentum is None or not values.get("average", "exponential"):
            return None
        return WeightAveraging(momentum, every=10)

    def callbacks(self) -> list:
        """The recipe's own Keras callbacks."""
        from seqkit.metrics import lower_is_better
        from seqkit.training import BestWeights, ReduceLROnPlateau

        values, averaging = self.config, self.averaging()
        validated, monitored = "validation" in self.splits, self.monitored()
        callbacks = [] if averaging is None else [averaging]
        if values.get("schedule") == "plateau":
            monitor = "val_loss" if validated else "loss"
            factor = 1 / values["decay_factor"]
            callbacks.append(
                ReduceLROnPlateau(
                    monitor=monitor, factor=factor, patience=1, min_delta=0.0
                )
            )
        if monitored is not None and validated:
            monitor, names = monitored

            def score():
                with self.distribution.scope():
                    scores = self.scores("validation", self.Evaluate.settle({}))
                self.forget_readings()  # the model goes on
                return {name: scores[name] for name in names if name in scores}

            callbacks.append(
                BestWeights(
                    monitor,
                    values.get("patience"),
                    score if names else None,
                    averaging,
                    "min" if lower_is_better(monitor) else "max",
                )
            )
        return callbacks

    def copies_of_weights(self) -> int:
        """How many copies of the weights `fit` keeps, besides those that it trains."""
        from seqkit.training import FiniteLoss

        every = [FiniteLoss, *self.callbacks()]
        return sum(getattr(one, "copies", 0) for one in every)

    def validating(self) -> list:
        """The callback that validates in one pass, where `reading` allows it.

        Where it has nothing to read for, or each of several replicas or processes would
        read its own rows, Keras validates.
        """
        from seqkit.training import Validation

        monitored = self.monitored()
        reading = self.reading() if "validation" in self.splits else None
        if reading is None or monitored is None or not monitored[1]:
            return []
        if not self.distribution.whole_outputs:
            return []
        batches, data = self.batched("validation")

        def keep(read):
            for step, found in enumerate(read):
                self.keep_readings("validation", batches.examples(0, step), found)

        return [Validation(data, reading, keep)]

    def check_monitor(self) -> None:
        """Refuses a figure to monitor that `evaluate` does not have."""
        monitored = self.monitored()
        if monitored is not None and monitored[1] and monitored[0] not in monitored[1]:
            raise ArgumentError(
                [
                    f"monitor: expected one of {', '.join(monitored[1])}, found "
                    f"{monitored[0]!r}"
                ]
            )

    @property
    def best_epoch(self) -> int | None:
        """The epoch, from 1, that validated best; `None` if that is not known.

        Its weights are those that `fit` ended with.
        """
        from seqkit.metrics import lower_is_better

        monitor, _ = self.monitored() or (None, ())
        figures = self.history.get(f"val_{monitor}", [])
        finite = [one for one in figures if math.isfinite(one)]
        if monitor is None or not finite:
            return None
        best = min if lower_is_better(monitor) else max
        return figures.index(best(finite)) + 1

    def plot_history(self, names: Iterable[str] | None = None) -> Any:
        """Draws the learning curves, those of a saved task too, as a matplotlib Figure.

        Args:
            names: Figures to draw, such as "loss", by default all; each has a panel
                with its curves of train and validation.
        """
        from seqkit.inspect import plot_history

        drawn = None if names is None else list(names)
        return plot_history(self.history, drawn, best_epoch=self.best_epoch)

    def find_learning_rate(
        self, *, steps: int = 100, lowest: float = 1e-5, highest: float | None = None
    ) -> LearningRates:
        """Tries rising learning rates on a copy of the model, and suggests one.

        The range test of Smith 2017, arXiv:1506.01186: a training of a step per rate,
        from the weights that there are. The task is left as it was: weights, optimizer,
        order of the data and random generators.

        Args:
            steps: Rates that are tried, from 10, each with a batch of train.
            lowest, highest: The first and the last rate; between them they rise by a
                constant factor. The last is by default 10, or 5 times the option
                `learning_rate` if that is more. A loss that explodes ends the test.

        Returns:
            `rates`, `losses`, `smoothed` and `suggestion`, a tenth of the rate with the
            lowest loss; `print` says it, and `.plot()` draws it.

        Raises:
            ArgumentError: Rates or steps that cannot be.
            SeqkitError: The task is on several devices of TensorFlow.

        Example:

            found = task.find_learning_rate()
            print(found)
            found.plot().figure.savefig("rates.png")
        """
        return find_learning_rate(self, steps, lowest, highest)

    def compile(self) -> None:
        """Compiles the model as the options say."""
        from seqkit.training.mean_loss import weigh_loss
        from seqkit.training.optimizers import (
            build_optimizer,
            make_optimizer,
            scaled_loss,
        )

        options = self.options
        optimizer = make_optimizer(
            options.optimizer, options.schedule, self.config, self.steps_per_epoch
        )
        optimizer = scaled_loss(optimizer, self.model.dtype_policy.name)
        self.model.compile(
            optimizer=optimizer,
            jit_compile=options.jit_compile,
            steps_per_execution=options.steps_per_execution,
            **self.losses(),
        )
        weigh_loss(self.model)
        if self.model.built:  # so that what is saved before training is whole
            build_optimizer(self.model)

    def fit(
        self,
        epochs: int | None = None,
        *,
        callbacks: Iterable = (),
        checkpoint_dir: str | os.PathLike[str] | None = None,
        resume: bool = False,
        verbose: Any = "auto",
        tensorboard: str | os.PathLike[str] | None = None,
    ) -> Any:
        """Trains by `model.fit` with the recipe's callbacks, and returns the History.

        With a validation split, the model ends with the weights of the best epoch, and
        training stops after `patience` epochs without a better one.

        Args:
            epochs: Passes over the training data, those of a resumed run included; by
                default the option `schedule_epochs`, or 10.
            callbacks: Further Keras callbacks.
            checkpoint_dir: Folder in which the state of training is kept at the end of
                each epoch: weights, optimizer, random generators, averages. Where
                several processes train together, one that all of them see.
            resume: Whether to continue from what `checkpoint_dir` holds. The result is
                that of a run without a break. A run with other options, other data or
                another tokenizer is refused.
            verbose: 0 shows nothing, 2 a line per epoch, 1 and "auto" in a terminal
                also a bar with the time that is left of the whole run.
            tensorboard: Folder for the logs of `keras.callbacks.TensorBoard`.

        Raises:
            Diverged: The loss is no longer finite. Training has stopped at that step,
                with the best weights so far, or those of before the epoch.
            KeyboardInterrupt: Ctrl-C, or SIGTERM (`seqkit.errors.Terminated`). Training
                has stopped after the step. The task can be used and saved: it has the
                best weights so far, or if no epoch is validated yet the last ones, and
                the figures of all whole epochs.
        """
        from keras.callbacks import History

        from seqkit.training import (
            BestWeights,
            EpochOrder,
            FiniteLoss,
            Interruption,
            StepCallbacks,
            accelerated,
            untracked_state,
        )

        logs = None if tensorboard is None else os.fspath(tensorboard)
        groups.Fit.settle({"epochs": epochs, "verbose": verbose, "tensorboard": logs})
        if resume and checkpoint_dir is None:
            raise SeqkitError("resume: expected a checkpoint_dir to continue from")
        written = [] if logs is None or not is_primary() else [tensorboard_logs(logs)]
        if epochs is None:
            epochs = getattr(self.options, "schedule_epochs", 10)
        interrupted.check_alike(self)
        batches, train = self.own_part("train", training=True)
        validation = None
        if "validation" in self.splits:
            validation = self.own_part("validation")[1]
        validating = self.validating()
        # Where the host can prepare further steps while the device computes, it does.
        finite = FiniteLoss(batches, behind=CALLS_AHEAD if accelerated() else 0)
        history, interruption = History(), Interruption()
        recipe = self.callbacks()
        own = [interruption, finite, EpochOrder(batches), *validating, *recipe]
        initial_epoch, self.interrupted = 0, ""
        last = [history, *written]  # which see all figures
        progress: list = []
        try:
            with (
                self.distribution.training(self.model, batches),
                untracked_state(self.model),
                shown(verbose, recipe) as progress,
                contextlib.ExitStack() as stack,
                interruption.handled(),
                closed(train, validation),
            ):
                if checkpoint_dir is None:
                    self.history.clear()
                else:
                    checkpoint = interrupted.begin(self, checkpoint_dir, own, resume)
                    stack.enter_context(interrupted.written(checkpoint))
                    initial_epoch = checkpoint.restore(self.model) if resume else 0
                    if resume and not initial_epoch:
                        report(
                            f"{checkpoint_dir}: no whole epoch, so training begins anew"
                        )
                    own.append(checkpoint)
                self.results.clear()  # they are of the weights before
                every = StepCallbacks(
                    [*own, *callbacks, *last, *progress],
                    self.model,
                    epochs=epochs,
                    steps=len(batches),
                    verbose=0,
                )
                for one in validating:
                    one.callbacks = every
                self.model.fit(
                    train,
                    validation_data=None if validating else validation,
                    epochs=epochs,
                    initial_epoch=initial_epoch,
                    callbacks=every,
                    shuffle=False,  # the batches are shuffled already
                    verbose=0,  # Keras's own, of which `Progress` takes the place
                )
        except Diverged:
            finite.put_back()
            for one in recipe:
                if isinstance(one, BestWeights):
                    one.on_train_end()
            raise
        except KeyboardInterrupt:
            for one in (*recipe, *progress):
                one.on_train_end()
            if interruption.steps:
                self.interrupted = f"in epoch {finite.epoch + 1} of {epochs}"
            raise
        finally:
            for name, values in history.history.items():
                kept = self.history.get(name, [])[:initial_epoch]
                self.history[name] = kept + [float(value) for value in values]
        return history
