"""Training a task: its optimizer, its callbacks and `fit`."""

import os
import sys
from collections.abc import Iterable
from typing import Any

from seqkit.errors import ArgumentError, Diverged, SeqkitError
from seqkit.options import groups
from seqkit.task import interrupted
from seqkit.task.examples import Examples


class Training(Examples):
    """Examples with a model that is trained on them."""

    model: Any
    history: dict[str, list[float]]

    def callbacks(self) -> list:
        """The recipe's own Keras callbacks."""
        from seqkit.metrics import lower_is_better
        from seqkit.training import BestWeights, ReduceLROnPlateau, WeightAveraging

        values, callbacks = self.config, []
        validated, monitored = "validation" in self.splits, self.monitored()
        momentum = values.get("average_momentum")
        if momentum is not None and values.get("average", "exponential"):
            callbacks.append(WeightAveraging(momentum, every=10))
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
                scores = self.scores("validation", self.Evaluate.settle({}))
                return {name: scores[name] for name in names if name in scores}

            averages = [one for one in callbacks if isinstance(one, WeightAveraging)]
            averaging, patience = next(iter(averages), None), values.get("patience")
            mode = "min" if lower_is_better(monitor) else "max"
            callbacks.append(BestWeights(score, monitor, patience, averaging, mode))
        return callbacks

    def check_monitor(self) -> None:
        """Refuses a figure to monitor that `evaluate` does not have."""
        monitored = self.monitored()
        if monitored is not None and monitored[0] not in monitored[1]:
            raise ArgumentError(
                [
                    f"monitor: expected one of {', '.join(monitored[1])}, found "
                    f"{monitored[0]!r}"
                ]
            )

    def compile(self) -> None:
        """Compiles the model as the options say."""
        from seqkit.training.optimizers import make_optimizer

        options = self.options
        optimizer = make_optimizer(
            options.optimizer, options.schedule, self.config, self.steps_per_epoch
        )
        self.model.compile(
            optimizer=optimizer, jit_compile=options.jit_compile, **self.losses()
        )
        if self.model.built:  # so that what is saved before training is whole
            optimizer.build(self.model.trainable_variables)

    def fit(
        self,
        epochs: int | None = None,
        *,
        callbacks: Iterable = (),
        checkpoint_dir: str | os.PathLike[str] | None = None,
        resume: bool = False,
        verbose: Any = "auto",
    ) -> Any:
        """Trains by `model.fit` with the recipe's callbacks, and returns the History.

        Args:
            epochs: Passes over the training data, those of a resumed run included; by
                default the option `schedule_epochs`, or 10.
            callbacks: Further Keras callbacks.
            checkpoint_dir: Folder in which the state of training is kept at the end of
                each epoch: weights, optimizer, random generators, averages.
            resume: Whether to continue from what `checkpoint_dir` holds. The result is
                that of a run without a break. A run with other options, other data or
                another tokenizer is refused.
            verbose: As in `model.fit`: 0 silent, 1 a progress bar, 2 a line per epoch,
                "auto" a bar in a terminal and lines elsewhere.

        Raises:
            Diverged: The loss is no longer finite. Training has stopped at that step,
                with the best weights so far, or those of before the epoch.
        """
        from keras.callbacks import History

        from seqkit.training import BestWeights, Checkpoint, EpochOrder, FiniteLoss

        groups.Fit.settle({"epochs": epochs, "verbose": verbose})
        if resume and checkpoint_dir is None:
            raise SeqkitError("resume: expected a checkpoint_dir to continue from")
        if epochs is None:
            epochs = getattr(self.options, "schedule_epochs", 10)
        if verbose == "auto":
            verbose = 1 if sys.stdout.isatty() else 2
        batches, train = self.batched("train", training=True)
        validation = self.validation if "validation" in self.splits else None
        history, finite = History(), FiniteLoss()
        own = [finite, EpochOrder(batches), *self.callbacks()]
        initial_epoch = 0
        if checkpoint_dir is not None:
            (interrupted.check if resume else interrupted.record)(self, checkpoint_dir)
            checkpoint = Checkpoint(checkpoint_dir, own, self.history)
            initial_epoch = checkpoint.restore(self.model) if resume else 0
            own.append(checkpoint)
        else:
            self.history.clear()
        try:
            self.model.fit(
                train,
                validation_data=validation,
                epochs=epochs,
                initial_epoch=initial_epoch,
                callbacks=[*own, *callbacks, history],  # which sees all figures
                shuffle=False,  # the batches are shuffled already
                verbose=verbose,
            )
        except Diverged:
            finite.put_back()
            for one in own:
                if isinstance(one, BestWeights):
                    one.on_train_end()
            raise
        finally:
            for name, values in history.history.items():
                kept = self.history.get(name, [])[:initial_epoch]
                self.history[name] = kept + [float(value) for value in values]
        return history
