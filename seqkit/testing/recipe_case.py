"""A recipe under test: its arguments, and the task that all checks share."""

import functools
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras

from seqkit.cards import find_recipe
from seqkit.task import Task
from seqkit.task.saving import portable


class RecipeCase:
    """A recipe under test, with a task that is built, trained and saved once."""

    def __init__(
        self,
        recipe: str | type[Task],
        dataset: Any = None,
        inputs: Sequence[Any] = (),
        *,
        options: Mapping[str, Any] | None = None,
        metrics: Collection[str] = (),
        serve: Callable[[Any, list], list] | None = None,
        folder: str | os.PathLike[str] | None = None,
    ):
        self.recipe = find_recipe(recipe) if isinstance(recipe, str) else recipe
        self.dataset, self.inputs, self.serve = dataset, list(inputs), serve
        self.options, self.metrics = dict(options or {}), set(metrics)
        if folder is None:
            folder = tempfile.mkdtemp(prefix="seqkit-checks-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.folder = Path(folder).resolve()

    def build(self) -> Task:
        """A new task."""
        return self.recipe.build(self.dataset, **self.options)

    @functools.cached_property
    def built(self) -> Task:
        """The task of all checks."""
        return self.build()

    @functools.cached_property
    def trained(self) -> Task:
        """The task after one epoch of plain Keras and two of its own (see `broken`)."""
        task, whole, broken = self.built, self.folder / "whole", self.folder / "broken"
        self.plain = task.model.fit(
            task.train, validation_data=task.validation, epochs=1, verbose=0
        )
        keep = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, _: epoch and shutil.copytree(whole, broken)
        )
        task.fit(2, verbose=0, checkpoint_dir=whole, callbacks=[keep])
        return task

    @functools.cached_property
    def answers(self) -> list:
        """What `predict` returns for the inputs."""
        return self.trained.predict(self.inputs)

    @functools.cached_property
    def scores(self) -> dict[str, Any]:
        """What `evaluate` returns for the test split."""
        return self.trained.evaluate("test")

    @property
    def in_memory(self) -> bool:
        """Whether a saved task does not keep its dataset."""
        return "in_memory" in (portable(self.built.config)["dataset"] or ())

    @functools.cached_property
    def saved(self) -> Path:
        """The folder of the saved task."""
        assert self.scores, "evaluate: expected figures, found none"
        self.trained.save(self.folder / "saved")
        return self.folder / "saved"

    @functools.cached_property
    def exported(self) -> Path:
        """The folder of the exported task."""
        self.trained.export(self.folder / "exported")
        return self.folder / "exported"
