"""The template of every recipe: building, the verbs, saving and exporting."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from seqkit.distribution import current, on_primary, process_count
from seqkit.errors import ArgumentError, FileError, SeqkitError
from seqkit.options.memory import memory_problem
from seqkit.options.options import Options as OptionsClass
from seqkit.task.architectures import construct, find, precision, unused
from seqkit.task.assets import assets_of
from seqkit.task.automatic_batch import automatic_batch
from seqkit.task.compiled_programs import keep_compiled
from seqkit.task.drafting import Drafting
from seqkit.task.files.predict import (
    CHUNK,
    PredictedFile,
    predict_file,
    predicted_rows,
)
from seqkit.task.files.rows import InputFile
from seqkit.task.fitting import fitting_batch, fitting_bounds, fitting_warmup
from seqkit.task.judging import report as report_on
from seqkit.task.quiet import import_backend
from seqkit.task.reading import check_sizes
from seqkit.task.reporting import report, returned
from seqkit.task.saving import save
from seqkit.task.summary import as_html, as_text
from seqkit.task.training import Training

if TYPE_CHECKING:
    import keras

    from seqkit.reports import Report


class Task(Training, Drafting):
    """A model with its data, tokenizers, decoding and metrics.

    All its parts are ordinary: `model` is a compiled `keras.Model`, `train` and
    `validation` are `tf.data.Dataset`s (on JAX and PyTorch
    `keras.utils.PyDataset`s), and
    `task.model.fit(task.train, validation_data=task.validation)` is plain Keras.

    **A recipe** is a subclass with the decorator `@recipe("name")`. It declares

    - `Options`, `Predict`, `Evaluate`: the options of `build` and of the two verbs,
      subclasses of those of its own base class;
    - `fields`: what the columns of its examples hold, see `seqkit.task.Field`;
    - assets (see `seqkit.task.asset`): what is learnt from train and saved;
    - `load_examples`, `learn`, `network`, `losses`, `batches`, `answers`, `judged` or
      only `scores`, and for export `signatures`;
    - `lengths`, if rows of like length share batches;
    - if need be `views`, `inferred`, `monitored`, `reading`, `callbacks`, `read_input`,
      `input_rank`.

    Everything else follows.

    Attributes:
        options: The options of `build()`, frozen, with defaults filled in.
        model: The compiled `keras.Model`.
        history: Figures of each epoch trained so far, by name.
        results: What `evaluate` returned, by split.
        distribution: The devices that it was built on, see `seqkit.distribute`.
    """

    model: Any

    def __init__(self, options: OptionsClass):
        self.options: Any = options
        self.distribution = current()
        self.history: dict[str, list[float]] = {}
        self.results: dict[str, dict[str, Any]] = {}
        self.saved_sizes: dict[str, int] = {}
        self.saved_at: Path | None = None
        self.card_text: str | None = None
        self._splits: Any = None
        self._of_data: dict[Any, Any] = {}
        self._readings: dict[str, dict[int, dict[str, Any]]] = {}
        self._of_model: dict[Any, Any] = {}

    @classmethod
    def build(cls, dataset: Any = None, *, model: Any = None, **options: Any) -> Self:
        """Builds a task; `@recipe` gives each class its own signature and text."""
        return cls.make(dataset, model=model, **options)

    @classmethod
    def make(
        cls,
        dataset: Any = None,
        *,
        model: Any = None,
        needs: Mapping[str, str] = MappingProxyType({}),
        **options: Any,
    ) -> Self:
        """What `build` calls: everything in the one right order.

        `needs` maps each split that the data must have, besides train, to the reason.
        """
        settled = cls.Options.settle({"dataset": dataset, **options})
        try:
            return cls._made(settled, model, needs, options)
        except OSError as error:
            raise FileError(error) from error

    @classmethod
    def of_options(cls, dataset: Any = None, **options: Any) -> Self:
        return cls(cls.Options.settle({"dataset": dataset, **options}))

    @classmethod
    def _made(
        cls,
        settled: Any,
        model: Any,
        needs: Mapping[str, str],
        options: Mapping[str, Any],
    ) -> Self:
        task = cls(settled)
        # The data come first: importing the backend takes longer than reading columns.
        if not task.splits.skipped:  # otherwise its summary was reported
            for note in getattr(task.splits, "notes", ()):
                report(note)
        task.check_splits({"train": "The task learns from it"} | dict(needs))
        task.settle(task.inferred())
        task.check_monitor()
        import_backend()
        keep_compiled(task.config.get("cache_dir"))
        for name in unused(task.options, options, cls.architectures):
            report(f"{name}: not used by architecture={task.options.architecture!r}")
        task.settle(_compilation(task.options) | _precision(task.options))
        import keras

        from seqkit.training import keep_freed_memory

        task.learn()
        task.settle(fitting_bounds(task))
        if task.config.get("batch_size") == "auto":
            task.settle(on_primary("batch", lambda: automatic_batch(task, model)))
            task.forget_batches()
        elif smaller := fitting_batch(task, options):
            task.settle(smaller)
            task.forget_batches()
        task.settle(fitting_warmup(task, options))
        keep_freed_memory()
        keras.utils.set_random_seed(task.options.seed)
        task.check_model(model)
        task.model = task.new_model() if model is None else model
        report(task.distribution.check(task.model))
        task.compile()
        return task

    def new_model(self) -> "keras.Model":
        """What `network` makes; layers without a precision of their own get ours."""
        with precision(self.options.dtype_policy):
            model = self.network()
        if not getattr(model, "built", False):
            raise returned(self, "network", "a built keras.Model", model)
        return model

    def settle(self, values: Mapping[str, Any]) -> None:
        """Takes over options that were left open."""
        if strange := values.keys() - type(self.options).model_fields.keys():
            raise TypeError(f"{', '.join(sorted(strange))}: no options of this task")
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

    def construct(self, **given: Any) -> Any:
        """The model of `architecture`, built from the options and what is `given`."""
        make = find(self.options.architecture, self.architectures)
        return construct(make, self.options, **given)

    def of_model(self, key: Any, make: Callable[[Any], Any]) -> Any:
        """What `make(model)`, with a `model`, returned; once per key and model."""
        known = self._of_model.get(key)
        if known is None or known.model is not self.model:
            known = self._of_model[key] = make(self.model)
        return known

    def predict(self, inputs: Any, **options: Any) -> Any:
        """What the model makes of raw inputs, in their order."""
        return self.answer(inputs, options)

    def answer(self, inputs: Any, options: Mapping[str, Any]) -> Any:
        """What `predict` calls: of one input one result, of several a list."""
        settled = self.Predict.settle(options)
        inputs = self.inputs_of(inputs)
        one = self.is_one(inputs)
        inputs = [inputs] if one else list(inputs)
        self.check_search(settled, len(inputs))
        with self.distribution.scope():
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

    def predict_file(
        self,
        input: str | os.PathLike[str],
        output: str | os.PathLike[str],
        *,
        column: str | int | None = None,
        prefix: str = "predicted_",
        format: str | None = None,
        encoding: str = "utf-8",
        separator: str | None = None,
        header: bool | None = None,
        overwrite: bool = False,
        chunk: int = CHUNK,
        **options: Any,
    ) -> "PredictedFile":
        """Adds the results of `predict` to the rows of a file.

        All columns stay. A row that cannot be read gets a message in the column
        PREFIX`error`. In tables `probabilities` become columns of their own, and lists
        JSON text. The output is there whole or not at all; until then results are in
        `OUTPUT.partial`, from which an interrupted call continues if input, options and
        model are the same.

        Args:
            input: A file in one of the formats of `seqkit.data.readers` (CSV, TSV, JSON
                lines, JSON, parquet, xlsx), or `.txt` with an input per line.
            output: A new file in one of the formats of `seqkit.registries.writers`
                (CSV, TSV, JSON lines, parquet, xlsx).
            column: Column of the inputs; by default the one that the task was built
                with, the one that has the usual name, or the only one. A number,
                counted from 0, in a file without a header.
            prefix: What the names of the result columns begin with.
            format: Format of the output, if its ending does not say.
            encoding, separator, header: Of the input, see `seqkit.data`.
            overwrite: Whether an existing output is replaced.
            chunk: Rows that are sorted by length and batched together.
            options: Options of `predict`.

        Returns:
            A pair: how many `rows` there are, and how many are `unreadable`.

        Raises:
            SeqkitError: The input cannot be read, a result has the name of one of its
                columns, or the output exists.
        """
        try:
            return self.predictions_to_file(
                input,
                output,
                options,
                column=column,
                prefix=prefix,
                format=format,
                encoding=encoding,
                separator=separator,
                header=header,
                overwrite=overwrite,
                chunk=chunk,
            )
        except OSError as error:
            raise FileError(error) from error

    def predictions_to_file(
        self, input: Any, output: Any, options: Mapping[str, Any], **how: Any
    ) -> "PredictedFile":
        """What `predict_file` calls, with all its arguments."""
        return predict_file(self, input, output, options, **how)

    def predict_rows(
        self,
        input: str | os.PathLike[str],
        *,
        column: str | int | None = None,
        prefix: str = "predicted_",
        encoding: str = "utf-8",
        separator: str | None = None,
        header: bool | None = None,
        chunk: int = CHUNK,
        **options: Any,
    ) -> Iterator[dict[str, Any]]:
        """Yields the rows of a file with the results, as `predict_file` writes them."""
        return self.predictions_of_rows(
            input,
            options,
            column=column,
            prefix=prefix,
            encoding=encoding,
            separator=separator,
            header=header,
            chunk=chunk,
        )

    def predictions_of_rows(
        self,
        input: Any,
        options: Mapping[str, Any],
        *,
        prefix: str,
        chunk: int,
        **reading: Any,
    ) -> Iterator[dict[str, Any]]:
        """What `predict_rows` calls, with all its arguments."""
        file = InputFile(self, Path(input), **reading)
        return predicted_rows(self, file, self.Predict.settle(options), prefix, chunk)

    def explain(self, one: Any, **options: Any) -> dict[str, Any]:
        """What `predict` makes of one input, and how a page shows it.

        Args:
            one: An input, as in `predict`.
            options: Those of `predict`.

        Returns:
            A dictionary with `answer`, what `predict` returns, and `view`, which says
            what is drawn of the other entries:

            - `"plain"`: the answer itself, as text or JSON;
            - `"bars"`: `bars`, pairs (label, probability); `chosen`, labels;
            - `"entities"`: `text`; `entities`, with type, start, end, score and color;
              maybe `label` and `label_score`;
            - `"alignment"`: `text`, the best result; `source` and `target`, S and T
              words; `weights` `[T, S]`;
            - `"regions"`: `text`; `words`, T; `grid`, rows and columns of an image's
              regions; `weights` `[T, S]`, of each word over them;
            - `"order"`: `points` `[n, F]`; `order`, T indices; `problem`; `weights`
              `[T + 1, n + 1]`, how probable each point and the end were to follow.

            An answer shows itself if it has a method `shown`, which returns the entries
            besides `answer`. A recipe may return a view of its own, which a page draws
            as JSON.
        """
        (answer,) = self.answer([one], options)
        shown = answer.shown() if hasattr(answer, "shown") else {"view": "plain"}
        return {"answer": answer, **shown}

    def evaluate(
        self, split: str | None = None, *, dataset: Any = None, **options: Any
    ) -> dict[str, Any]:
        """Scores of a split, by default test, or validation if there is no test."""
        return self.score_split(split, dataset, options)

    def score_split(
        self, split: str | None, dataset: Any, options: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What `evaluate` calls; a dataset of its own is lent, and leaves no result."""
        settled = self.evaluation(options)
        with self.lent(dataset, split), self.distribution.scope():
            split = split or self.default_split()
            scores = self.scores(split, settled)
        if dataset is None:
            self.results[split] = scores
        return scores

    def evaluation(self, options: Mapping[str, Any]) -> Any:
        """The options of `evaluate`, checked and with defaults filled in."""
        settled = self.Evaluate.settle(options)
        self.check_search(settled, settled.batch_size)
        return settled

    def report(
        self,
        split: str | None = None,
        *,
        dataset: Any = None,
        examples: int = 20,
        samples: int = 1000,
        seed: int = 12345,
        **options: Any,
    ) -> "Report":
        """How good the model is on a split, in detail.

        Figures with 95 % bootstrap intervals, learning curves, figures by length and by
        label, confusion, calibration and the worst examples, each as far as the recipe
        has it.

        Args:
            split: Name of the split, by default test, or validation without a test.
            dataset: Another dataset, in place of the task's own.
            examples: How many of the worst examples are shown.
            samples, seed: Samples of the bootstrap, and their seed.
            options: Those of `evaluate`.

        Returns:
            A `seqkit.reports.Report`: `save("report.html")` writes one page that needs
            no network, `as_dict()` is the same as data.
        """
        settings = {"examples": examples, "samples": samples, "seed": seed}
        return report_on(self, split, dataset, settings, options)

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
        which is replaced. Of several processes that train together one writes, and the
        others, in which it has to be called too, wait.
        """
        save(self, path)

    def model_card(self, name: str | None = None) -> Any:
        """The card that `save` writes as `README.md`, a `huggingface_hub.ModelCard`.

        It is called `name`, by default like the recipe.
        """
        from huggingface_hub import ModelCard

        from seqkit.task.model_card import model_card

        return ModelCard(str(model_card(self, name or self.recipe)))

    def push_to_hub(
        self,
        name: str,
        *,
        private: bool | None = None,
        license: str | None = None,
        token: str | None = None,
    ) -> str:
        """Saves the task into a repository of the Hugging Face Hub.

        What you wrote into the card, here or there, is kept.

        Args:
            name: `"owner/name"`, or a name in your own account. The repository is made
                if there is none.
            private: Whether a new repository is private; by default as your account
                has it.
            license: What the Hub calls the licence, such as `"apache-2.0"`; by default
                that of the card.
            token: A token that may write; by default that of `hf auth login`.

        Returns:
            The address of the repository.

        Raises:
            SeqkitError: The Hub cannot be reached or refuses, or the repository holds
                something else than a task.
        """
        from seqkit.task.pushing import push

        options = {"private": private, "license": license, "token": token}
        return on_primary("push", lambda: push(self, name, **options))

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
        from seqkit.training.mean_loss import weigh_loss

        file = folder / "model.keras"
        check_sizes(file)
        self.model = keras.saving.load_model(file)
        weigh_loss(self.model)
        if keras.backend.backend() == "torch":  # which has no other
            self.model.steps_per_execution = 1

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

        with self.distribution.scope():
            on_primary(
                "export", lambda: save_model(path, self.model, self.signatures(text))
            )

    def summary(self) -> dict[str, str]:
        """Recipe, data, model, decoding, training and results, a line of text each."""
        from seqkit.task.summary import lines

        return lines(self)

    def __str__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)


def _precision(options: OptionsClass) -> dict[str, Any]:
    """The precision of this machine, if it was left open; it is what is saved."""
    if dict(options).get("dtype_policy") != "auto":
        return {}
    from seqkit.training.precision import automatic_policy

    policy, why = automatic_policy()
    report(f"dtype_policy={policy}: {why}")
    return {"dtype_policy": policy}


def _compilation(options: OptionsClass) -> dict[str, Any]:
    """What was left open, or the backend has not: XLA compiles on JAX alone."""
    import keras

    values, settled = dict(options), {}
    if values.get("steps_per_execution", 1) > 1 and keras.backend.backend() == "torch":
        report("steps_per_execution=1: Keras makes one step per call on PyTorch")
        settled["steps_per_execution"] = 1
    if "jit_compile" not in values:
        return settled
    jit = values["jit_compile"]
    if jit is None:
        jit = keras.backend.backend() == "jax"
    settled["jit_compile"] = jit
    several = process_count() > 1
    if several and values.get("static_shapes") is False:
        raise ArgumentError(
            [
                "static_shapes: expected true where several processes train together, "
                "each of which makes a part of a batch without seeing the others, "
                "found false"
            ]
        )
    if values.get("static_shapes", False) is None:
        settled["static_shapes"] = jit or several
    return settled
