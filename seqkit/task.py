"""What every recipe's `build()` returns."""

import importlib
import json
import shutil
import uuid
import zipfile
from pathlib import Path

from seqkit.errors import SeqkitError

FORMAT_VERSION = 1
"""Version of the folder that `save` writes."""


class Task:
    """A model with its data, tokenizers, decoding and metrics: one thing for one job.

    Everything in it is an ordinary part that can be taken out: `model` is a compiled
    `keras.Model`, `train` and `validation` are `tf.data.Dataset`s, and
    `task.model.fit(task.train, validation_data=task.validation)` is plain Keras.

    A recipe subclasses it and gives `predict`, `evaluate`, `_batches`, `_callbacks`,
    `_save_assets`, `_load` and `_signatures`.

    Attributes:
        recipe: Name of the module under `seqkit.recipes`.
        model: The compiled `keras.Model`.
        config: The arguments of `build()`, as JSON can hold them.
        history: Figures of each epoch trained so far, by name.
        results: What `evaluate` returned, by split.
    """

    recipe = None

    def __init__(self, *, model, config, splits=None):
        self.model = model
        self.config = config
        self.history = {}
        self.results = {}
        self._splits = splits
        self._datasets = {}
        self._made = {}

    @property
    def splits(self):
        """The examples, by name of the split; loaded when they are first wanted."""
        if self._splits is None:
            self._splits = self._load_splits()
        return self._splits

    def use_dataset(self, dataset):
        """Takes the examples from another dataset from here on."""
        self.config["dataset"] = dataset
        self._splits, self._datasets = None, {}
        return self

    @property
    def train(self):
        """Shuffled training batches, a `tf.data.Dataset`; each pass is a new epoch."""
        return self._batched("train", training=True)[1]

    @property
    def validation(self):
        """Validation batches, a `tf.data.Dataset`."""
        return self._batched("validation")[1]

    def _batched(self, split, training=False):
        """The batches of a split, and the same as a `tf.data.Dataset`; made once."""
        key = split, training
        if key not in self._datasets:
            batches = self._batches(split, training)
            self._datasets[key] = batches, batches.to_tf_dataset()
        return self._datasets[key]

    def split(self, name):
        """The examples of a split; an error names those there are."""
        if name not in self.splits:
            named = ", ".join(self.splits)
            raise SeqkitError(f"split: expected one of {named}, found {name!r}")
        return self.splits[name]

    def _compile(self, **options):
        """`model.compile`, such that what is saved before it is trained is whole."""
        self.model.compile(**options, jit_compile=self.config["jit_compile"])
        if self.model.built:
            self.model.optimizer.build(self.model.trainable_variables)

    def fit(
        self,
        epochs=None,
        *,
        callbacks=(),
        checkpoint_dir=None,
        resume=False,
        verbose="auto",
    ):
        """Trains the model: `model.fit` with the recipe's own callbacks.

        Args:
            epochs: Passes over the training data, those of a resumed run included; by
                default the recipe's `schedule_epochs`, or 10.
            callbacks: Further Keras callbacks.
            checkpoint_dir: Folder in which the state of training is kept at the end of
                each epoch: weights, optimizer, random generators, averages.
            resume: Whether to go on from what `checkpoint_dir` holds. The result is
                that of a run without a break.
            verbose: As of `model.fit`: 0 silent, 1 a progress bar, 2 a line an epoch,
                "auto" a bar in a terminal and lines elsewhere.

        Returns:
            The `keras.callbacks.History` of this call.
        """
        from seqkit.training import Checkpoint, EpochOrder

        if epochs is None:
            epochs = self.config.get("schedule_epochs", 10)
        batches, train = self._batched("train", training=True)
        validation = self.validation if "validation" in self.splits else None
        own = [EpochOrder(batches), *self._callbacks()]
        initial_epoch = 0
        if checkpoint_dir is not None:
            checkpoint = Checkpoint(checkpoint_dir, own, self.history)
            initial_epoch = checkpoint.restore(self.model) if resume else 0
            own.append(checkpoint)
        elif resume:
            raise SeqkitError("resume: expected a checkpoint_dir to go on from")
        else:
            self.history.clear()
        history = self.model.fit(
            train,
            validation_data=validation,
            epochs=epochs,
            initial_epoch=initial_epoch,
            callbacks=[*own, *callbacks],
            shuffle=False,  # the batches are shuffled already
            verbose=verbose,
        )
        for name, values in history.history.items():
            kept = self.history.get(name, [])[:initial_epoch]
            self.history[name] = kept + [float(value) for value in values]
        return history

    def _once(self, key, make):
        """What `make(model)` gave for a key, with all that it has compiled since.

        It has an attribute `model`, and is made anew for another one.
        """
        known = self._made.get(key)
        if known is None or known.model is not self.model:
            known = self._made[key] = make(self.model)
        return known

    def predict(self, inputs, **options):
        """What the model makes of raw inputs, in their order."""
        raise NotImplementedError

    def evaluate(self, split="test", **options):
        """Scores of a split, as a dictionary."""
        raise NotImplementedError

    def save(self, path):
        """Writes everything that `seqkit.load` needs into one folder.

        The folder is written beside and then renamed, so it is there whole or not at
        all; one that `save` wrote before is replaced.

        Args:
            path: The folder. It must not exist, be empty, or hold a saved task.
        """
        check_free(path)
        # An absolute path, without links, has a name and a folder beside it.
        path = Path(path).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
        try:
            partial.mkdir()
            self.model.save(partial / "model.keras")
            self._save_assets(partial)
            written = {"task.json", *(entry.name for entry in partial.iterdir())}
            document = {
                "format_version": FORMAT_VERSION,
                "recipe": self.recipe,
                "config": self._portable_config(),
                "history": self.history,
                "results": self.results,
                "files": sorted(written),
            }
            text = json.dumps(document, indent=2, ensure_ascii=False)
            (partial / "task.json").write_text(text + "\n", encoding="utf-8")
            if path.exists():
                # What else stands in the folder, such as checkpoints, stays in it.
                replaced = written | set(_files(path))
                for entry in list(path.iterdir()):
                    if entry.name not in replaced:
                        entry.rename(partial / entry.name)
                old = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
                path.rename(old)
                partial.rename(path)
                shutil.rmtree(old)
            else:
                partial.rename(path)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def export(self, path, *, text=True):
        """Writes a SavedModel that answers without seqkit and without Keras.

        It answers on machines with and without a GPU, whatever trained it. The folder
        is there whole or not at all.

        Args:
            path: The folder, such as `exports/en-de/1`; it must not exist or be empty.
            text: Whether it takes and gives strings, which needs tensorflow-text where
                it is loaded. Otherwise it takes and gives token ids.

        Raises:
            SeqkitError: The path is taken, or the backend is not TensorFlow.
        """
        from seqkit.export import save_model

        save_model(path, self.model, self._signatures(text))

    def _portable_config(self):
        config = dict(self.config)
        dataset = config.get("dataset")
        if isinstance(dataset, dict) and all(
            isinstance(file, str | Path) for file in dataset.values()
        ):
            config["dataset"] = {split: str(file) for split, file in dataset.items()}
        elif dataset is not None and not isinstance(dataset, str):
            config["dataset"] = {"in_memory": type(dataset).__name__}
        return config

    def _callbacks(self):
        return []


def load(path, *, dataset=None):
    """Loads what `Task.save` wrote; nothing else is needed, and nothing is unpickled.

    Args:
        path: The folder.
        dataset: Dataset for `evaluate` and `fit`; by default the one that the task was
            built with, read again when it is wanted.

    Returns:
        The task of the recipe that wrote the folder.

    Raises:
        SeqkitError: The folder is not there, not whole, or of a later version.
    """
    path = Path(path)
    file = path / "task.json"
    if not file.is_file():
        there = "no such folder" if not path.exists() else "no task.json in it"
        raise SeqkitError(f"{path}: expected a folder written by save, found {there}")
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        version, recipe = document["format_version"], document["recipe"]
        config = document["config"]
        if type(version) is not int:
            raise ValueError(f"format_version {version!r}")
    except (ValueError, KeyError, TypeError) as error:
        raise SeqkitError(
            f"{file}: expected what save writes, found something else ({error})"
        ) from error
    if version > FORMAT_VERSION:
        raise SeqkitError(
            f"{file}: expected format_version {FORMAT_VERSION} or older, found "
            f"{version}. It was written by a later seqkit: upgrade."
        )
    from seqkit.recipes.cards import recipe_names

    if recipe not in recipe_names():
        raise SeqkitError(
            f"{file}: expected one of the recipes {', '.join(recipe_names())}, "
            f"found {recipe!r}"
        )
    module = importlib.import_module(f"seqkit.recipes.{recipe}")
    try:
        task = module.load(path, config)
    except SeqkitError:
        raise
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise SeqkitError(
            f"{path}: expected a folder written by save, found one that is damaged or "
            f"not whole ({error})"
        ) from error
    task.history = document.get("history", {})
    task.results = document.get("results", {})
    if dataset is not None:
        task.use_dataset(dataset)
    return task


def _files(path):
    """Names of the files that the task saved in a folder consists of."""
    try:
        return json.loads((path / "task.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def check_free(path):
    """Raises unless a folder may be written: absent, empty, or a task saved before."""
    path = Path(path)
    if path.is_dir():
        entries = {entry.name for entry in path.iterdir()}
        if not entries or "task.json" in entries or entries == {"checkpoints"}:
            return
    elif not path.exists():
        return
    raise SeqkitError(
        f"{path}: expected a new folder, an empty one or one of a saved task, found "
        "something else. Nothing was overwritten; choose another path."
    )
