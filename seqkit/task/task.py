"""The template of every recipe: what a recipe declares, and what a task does."""

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from seqkit.errors import ArgumentError, Diverged, FileError, SeqkitError
from seqkit.options import groups
from seqkit.options.memory import memory_problem
from seqkit.options.options import Options as OptionsClass
from seqkit.options.options import brief
from seqkit.registry import Registry, accepted
from seqkit.task import interrupted
from seqkit.task.architectures import construct, find, precision, unused
from seqkit.task.assets import assets_of
from seqkit.task.columns import inputs_of
from seqkit.task.quiet import import_backend
from seqkit.task.reading import check_sizes
from seqkit.task.saving import save
from seqkit.task.summary import as_html, as_text
from seqkit.task.warmup import fitting_warmup

if TYPE_CHECKING:
    import keras

    from seqkit.data import Batches, Splits


class Task:
    """A model with its data, tokenizers, decoding and metrics.

    All its parts are ordinary: `model` is a compiled `keras.Model`, `train` and
    `validation` are `tf.data.Dataset`s, and
    `task.model.fit(task.train, validation_data=task.validation)` is plain Keras.

    **A recipe** is a subclass with the decorator `@recipe("name")`. It declares

    - `Options`, `Predict`, `Evaluate`: the options of `build` and of the two verbs,
      subclasses of those of its own base class;
    - assets (see `seqkit.task.asset`): what is learnt from train and saved;
    - `load_examples`, `learn`, `network`, `losses`, `batches`, `answers`, `scores`, and
      for export `signatures`;
    - if need be `inferred`, `monitored`, `callbacks`, `read_input`, `is_one`.

    Everything else follows.

    Attributes:
        options: The options of `build()`, frozen, with defaults filled in.
        model: The compiled `keras.Model`.
        history: Figures of each epoch trained so far, by name.
        results: What `evaluate` returned, by split.
    """

    recipe: ClassVar[str]
    Options: ClassVar[type[OptionsClass]] = groups.Common
    Predict: ClassVar[type[OptionsClass]] = groups.Predict
    Evaluate: ClassVar[type[OptionsClass]] = groups.Evaluate
    architectures: ClassVar[tuple[Registry, ...]] = ()
    """Where the option `architecture` is looked up."""

    model: Any

    def __init__(self, options: OptionsClass):
        self.options: Any = options
        self.history: dict[str, list[float]] = {}
        self.results: dict[str, dict[str, Any]] = {}
        self.saved_sizes: dict[str, int] = {}
        self._splits: Any = None
        self._of_data: dict[Any, Any] = {}
        self._of_model: dict[Any, Any] = {}

    # What a recipe declares.

    def load_examples(self) -> "Splits":
        """Loads the examples that the options name."""
        raise undeclared(self, "load_examples")

    def inferred(self) -> Mapping[str, Any]:
        """Options that the data settle, name to value; the last time they change."""
        return {}

    def learn(self) -> None:
        """Sets the assets; what is learnt sees the training split alone."""

    def network(self) -> "keras.Model":
        """Makes the model that the options describe."""
        raise undeclared(self, "network")

    def check_model(self, model: Any) -> None:
        """Refuses a model of the user's own that does not fit; it may be `None`."""
        size, wanted = getattr(model, "batch_size", None), self.config.get("batch_size")
        if size is not None and size != wanted:
            raise SeqkitError(
                f"batch_size: expected {size}, as the model was made with, found "
                f"{wanted}"
            )

    def losses(self) -> dict[str, Any]:
        """Arguments of `model.compile` besides the optimizer."""
        return {}

    def batches(self, split: str, training: bool) -> "Batches":
        """Numbered batches of a split, a function of (seed, epoch, step)."""
        raise undeclared(self, "batches")

    def answers(self, inputs: list, options: Any) -> list:
        """The results of `predict`, in the order of the inputs."""
        raise undeclared(self, "answers")

    def scores(self, split: str, options: Any) -> dict[str, Any]:
        """The figures of `evaluate`."""
        raise undeclared(self, "scores")

    def signatures(self, text: bool) -> Mapping[str, Any]:
        """What an exported model answers: name to `seqkit.export.Signature`."""
        raise SeqkitError(
            f"export: expected a recipe that exports, found {self.recipe}"
        )

    def monitored(self) -> tuple[str, Iterable[str]] | None:
        """The figure that keeps an epoch, and those to report; `None`: the last one."""
        return None

    def callbacks(self) -> list:
        """The recipe's own Keras callbacks."""
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
            callbacks.append(BestWeights(score, monitor, patience, averaging))
        return callbacks

    def read_input(self, one: Any) -> Any:
        """An input as `answers` takes it; an error if it cannot be read."""
        return one

    def is_one(self, inputs: Any) -> bool:
        """Whether `predict` was given one input, not a collection of them."""
        return isinstance(inputs, str)

    # What a task does.

    @classmethod
    def build(cls, dataset: Any = None, *, model: Any = None, **options: Any) -> Self:
        """Builds a task; `@recipe` gives each class its own signature and text."""
        return cls.make(dataset, model=model, **options)

    @classmethod
    def make(cls, dataset: Any = None, *, model: Any = None, **options: Any) -> Self:
        """What `build` calls: everything in the one right order."""
        settled = cls.Options.settle({"dataset": dataset, **options})
        try:
            return cls._made(settled, model, options)
        except OSError as error:
            raise FileError(error) from error

    @classmethod
    def _made(cls, settled: Any, model: Any, options: Mapping[str, Any]) -> Self:
        task = cls(settled)
        import_backend()
        for name in unused(task.options, options, cls.architectures):
            report(f"{name}: not used by architecture={task.options.architecture!r}")
        task.settle(_compilation(task.options))
        if not task.splits.skipped:  # otherwise its summary was reported
            for note in getattr(task.splits, "notes", ()):
                report(note)
        task.settle(task.inferred())
        task.check_monitor()
        import keras

        from seqkit.training import keep_freed_memory

        task.learn()
        task.settle(fitting_warmup(task, options))
        keep_freed_memory()
        keras.utils.set_random_seed(task.options.seed)
        task.check_model(model)
        task.model = task.new_model() if model is None else model
        task.compile()
        return task

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

    def new_model(self) -> "keras.Model":
        """What `network` makes; layers without a precision of their own get ours."""
        with precision(self.options.dtype_policy):
            model = self.network()
        if not getattr(model, "built", False):
            raise _returned(self, "network", "a built keras.Model", model)
        return model

    def settle(self, values: Mapping[str, Any]) -> None:
        """Takes over options that were left open."""
        self.options = self.options.model_copy(update=dict(values))
        problems = [f"{names}: {what}" for names, what in self.options.mistakes()]
        if problems:
            raise ArgumentError(problems)

    def inform(self, text: str) -> None:
        """Reports what was decided about data; of the embedded sample it is known."""
        if self.options.dataset is not None:
            report(text)

    @property
    def config(self) -> dict[str, Any]:
        """The options as a dictionary."""
        return dict(self.options)

    @property
    def splits(self) -> "Splits":
        """The examples, by name of the split; loaded when they are first needed."""
        if self._splits is None:
            check_kept(self.options.dataset)
            examples = self.load_examples()
            if not hasattr(examples, "skipped"):
                raise _returned(self, "load_examples", "seqkit.data.Splits", examples)
            self._splits = examples
            if self._splits.skipped:
                report(self._splits.summary())
        return self._splits

    @property
    def split_sizes(self) -> dict[str, int]:
        """Examples per split; before they are read, those of the saved task."""
        if self._splits is None:
            return self.saved_sizes
        return {name: len(rows) for name, rows in self._splits.items()}

    def use_dataset(self, dataset: Any) -> Self:
        """Takes the examples from another dataset from here on."""
        self.settle({"dataset": dataset})
        self._splits, self._of_data = None, {}
        return self

    @contextlib.contextmanager
    def lent(self, dataset: Any) -> Iterator[None]:
        """Context in which examples come from another dataset, unless it is `None`."""
        if dataset is None:
            yield
            return
        kept = self.options, self._splits, self._of_data
        try:
            self.use_dataset(dataset)
            yield
        finally:
            self.options, self._splits, self._of_data = kept

    def load(self, loader: Callable, sample: Callable) -> "Splits":
        """Calls a loader of `seqkit.data` with the options that it takes.
        `sample` makes the embedded sample.
        """
        return loader(sample=sample, **accepted(loader, self.config))

    def construct(self, **given: Any) -> Any:
        """The model of `architecture`, built from the options and what is `given`."""
        make = find(self.options.architecture, self.architectures)
        return construct(make, self.options, **given)

    @property
    def train(self) -> Any:
        """Shuffled training batches, a `tf.data.Dataset`; each pass is a new epoch."""
        return self.batched("train", training=True)[1]

    @property
    def validation(self) -> Any:
        """Validation batches, a `tf.data.Dataset`."""
        return self.batched("validation")[1]

    def batched(self, split: str, training: bool = False) -> tuple[Any, Any]:
        """The batches of a split, and the same as a `tf.data.Dataset`; made once."""

        def make():
            # Keras warns of its own default, for data that is shuffled already.
            warnings.filterwarnings("ignore", "`shuffle=True` was passed, but will be")
            batches = self.batches(split, training)
            return batches, batches.to_tf_dataset()

        return self.of_data(("batches", split, training), make)

    def of_data(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make()` returned, once for each key and dataset."""
        if key not in self._of_data:
            self._of_data[key] = make()
        return self._of_data[key]

    def of_model(self, key: Any, make: Callable[[Any], Any]) -> Any:
        """What `make(model)`, with a `model`, returned; once per key and model."""
        known = self._of_model.get(key)
        if known is None or known.model is not self.model:
            known = self._of_model[key] = make(self.model)
        return known

    def split(self, name: str) -> Any:
        """The examples of a split; an error names those that there are."""
        if name not in self.splits:
            named = ", ".join(self.splits)
            raise SeqkitError(f"split: expected one of {named}, found {name!r}")
        return self.splits[name]

    def default_split(self) -> str:
        """What `evaluate` scores without a name: test, or else validation."""
        if "test" not in self.splits and "validation" in self.splits:
            report("evaluate: there is no test split, so validation is scored")
            return "validation"
        return "test"

    def train_split(self, reason: str = "The task learns from it.") -> Any:
        """The training examples; an error gives the reason why they are needed."""
        if "train" not in self.splits:
            found = ", ".join(self.splits)
            raise SeqkitError(
                f"dataset: expected a train split, found {found}. {reason}"
            )
        return self.splits["train"]

    def steps_per_epoch(self) -> int:
        """The number of training batches."""
        return len(self.batched("train", training=True)[0])

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

    def predict(self, inputs: Any, **options: Any) -> Any:
        """What the model makes of raw inputs, in their order."""
        return self.answer(inputs, options)

    def answer(self, inputs: Any, options: Mapping[str, Any]) -> Any:
        """What `predict` calls: of one input one result, of several a list."""
        settled = self.Predict.settle(options)
        inputs = inputs_of(inputs, self.config)
        one = self.is_one(inputs)
        inputs = [inputs] if one else list(inputs)
        self.check_search(settled, len(inputs))
        found = self.answers(inputs, settled)
        return found[0] if one else found

    def answer_readable(
        self, inputs: list, options: Mapping[str, Any]
    ) -> tuple[list, dict[int, SeqkitError]]:
        """What `predict` returns, `None` for what cannot be read; and row to error."""
        read, errors = {}, {}
        for row, one in enumerate(inputs):
            try:
                read[row] = self.read_input(one)
            except SeqkitError as error:
                errors[row] = error
        found = self.answer(list(read.values()), options) if read else []
        answers = dict(zip(read, found, strict=True))
        return [answers.get(row) for row in range(len(inputs))], errors

    def evaluate(
        self, split: str | None = None, *, dataset: Any = None, **options: Any
    ) -> dict[str, Any]:
        """Scores of a split, by default test, or validation if there is no test."""
        return self.score_split(split, dataset, options)

    def score_split(
        self, split: str | None, dataset: Any, options: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What `evaluate` calls; a dataset of its own is lent, and leaves no result."""
        settled = self.Evaluate.settle(options)
        self.check_search(settled, settled.batch_size)
        with self.lent(dataset):
            split = split or self.default_split()
            scores = self.scores(split, settled)
        if dataset is None:
            self.results[split] = scores
        return scores

    def check_search(self, options: Any, rows: int) -> None:
        """Refuses a search whose scores and results do not fit into memory."""
        values = dict(options)
        beams = [values.get("num_beams"), values.get("num_return_sequences")]
        length = values.get("max_length") or self.config.get("max_length") or 1
        tokenizer = getattr(self, "target_tokenizer", getattr(self, "tokenizer", None))
        vocabulary = getattr(tokenizer, "vocabulary_size", 1)
        rows = min(rows, options.batch_size) * max(one or 1 for one in beams)
        scored = vocabulary * (values.get("sequence_length") or 1)
        if problem := memory_problem(4 * rows * (length + scored)):
            sizes = "num_beams batch_size max_length sequence_length".split()
            named = ", ".join(name for name in sizes if name in values)
            raise ArgumentError([f"{named}: {problem}"])

    def model_figures(self, split: str, *names: str) -> dict[str, float]:
        """Figures of Keras's own `model.evaluate`, by name."""
        batched = self.batched(split)[1]
        figures = self.model.evaluate(batched, return_dict=True, verbose=0)
        return {name: float(figures[name]) for name in names}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes everything that `seqkit.load` needs into one folder.

        It is there whole or not at all. It may be new, empty, or hold a saved task,
        which is replaced.
        """
        save(self, path)

    def save_assets(self, folder: Path) -> None:
        """Writes the assets into a folder."""
        for one in assets_of(self):
            one.save(self, folder)

    def load_assets(self, folder: Path) -> None:
        """Sets the assets from what `save_assets` wrote."""
        for one in assets_of(self):
            one.load(self, folder)

    def load_model(self, folder: Path) -> None:
        """Sets the model from a saved folder."""
        import keras

        import seqkit.metrics  # registers the classes that the file names
        import seqkit.models
        import seqkit.training  # noqa: F401

        file = folder / "model.keras"
        check_sizes(file)
        self.model = keras.saving.load_model(file)

    def export(self, path: str | os.PathLike[str], *, text: bool = True) -> None:
        """Writes a SavedModel that answers without seqkit and without Keras.

        It answers on machines with and without a GPU, wherever it was trained. The
        folder is there whole or not at all.

        Args:
            path: The folder, such as `exports/en-de/1`: a new or empty one.
            text: Whether it takes and returns strings, which requires tensorflow-text
                where it is loaded. Otherwise it takes and returns token ids.

        Raises:
            SeqkitError: The path is taken, or the backend is not TensorFlow.
        """
        from seqkit.export import save_model

        save_model(path, self.model, self.signatures(text))

    def summary(self) -> dict[str, str]:
        """Recipe, data, model, decoding, training and results, a line of text each."""
        from seqkit.task.summary import lines

        return lines(self)

    def __str__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)


def _compilation(options: OptionsClass) -> dict[str, Any]:
    """What was left open of XLA: it compiles on JAX alone."""
    values = dict(options)
    if "jit_compile" not in values:
        return {}
    jit = values["jit_compile"]
    if jit is None:
        import keras

        jit = keras.backend.backend() == "jax"
    settled = {"jit_compile": jit}
    if values.get("static_shapes", False) is None:
        settled["static_shapes"] = jit
    return settled


def check_kept(dataset: Any) -> None:
    """Raises if a loaded task's dataset was in memory and is gone."""
    if isinstance(dataset, dict) and set(dataset) == {"in_memory"}:
        raise SeqkitError(
            f"dataset: the task was built with a {dataset['in_memory']} in memory, "
            "which is not kept. Give dataset= to load it with one."
        )


def undeclared(task: Task, method: str) -> NotImplementedError:
    """The error for a method that a recipe has to declare and does not."""
    return NotImplementedError(
        f"{type(task).__name__}.{method}: expected the recipe to define this method, "
        "found none"
    )


def _returned(task: Task, method: str, expected: str, found: Any) -> SeqkitError:
    """The error for a method of a recipe that returns something else."""
    return SeqkitError(
        f"{type(task).__name__}.{method}: expected it to return {expected}, found "
        f"{brief(found)}"
    )


def report(text: str) -> None:
    """What was decided or left out; on standard error, for results go to output."""
    if text:
        print(text, file=sys.stderr)
