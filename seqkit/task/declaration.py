"""What a recipe declares."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from seqkit.errors import DataError, SeqkitError
from seqkit.options import groups
from seqkit.options.options import Options as OptionsClass
from seqkit.registry import Registry
from seqkit.task.columns import inputs_of
from seqkit.task.fields import Field
from seqkit.task.inputs import is_one
from seqkit.task.reporting import undeclared

if TYPE_CHECKING:
    import keras

    from seqkit.data import Batches, Splits
    from seqkit.reports import Example, Judgement


class Declaration:
    """The methods and attributes that a recipe overrides."""

    recipe: ClassVar[str]
    Options: ClassVar[type[OptionsClass]] = groups.Common
    Predict: ClassVar[type[OptionsClass]] = groups.Predict
    Evaluate: ClassVar[type[OptionsClass]] = groups.Evaluate
    fields: ClassVar[Mapping[str, Field]] = {}
    """What the columns of its examples hold."""
    pipeline_tag: ClassVar[str | None] = None
    """What the Hugging Face Hub calls such tasks, such as "translation"."""
    architectures: ClassVar[tuple[Registry, ...]] = ()
    """Where the option `architecture` is looked up."""

    input_rank: ClassVar[int | None] = None
    """How many axes an input has as an array; `None` if it is a string."""

    options: Any
    config: Any

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

    def lengths(self, split: str, training: bool) -> Any:
        """Tokens of each row of a split, `[N]` or `[N, sides]`; `None` without rows.

        By those of train it is chosen which few lengths static shapes have.
        """
        return None

    def answers(self, inputs: list, options: Any) -> list:
        """The results of `predict`, in the order of the inputs."""
        raise undeclared(self, "answers")

    def judged(self, split: str, options: Any, detailed: bool = False) -> "Judgement":
        """How good the answers to a split are, example by example.

        The figures of `evaluate`, a report and comparisons follow from it; without
        it a report has the figures of `scores` alone. `detailed` asks for what only a
        report needs.
        """
        from seqkit.reports import Judgement

        return Judgement.of_scores(self.scores(split, options))

    def scores(self, split: str, options: Any) -> dict[str, Any]:
        """The figures of `evaluate`; by default those of `judged`."""
        if type(self).judged is Declaration.judged:
            raise undeclared(self, "judged")
        return self.judged(split, options).scores()

    def reading(self) -> Callable[[Any, Any], dict[str, Any]] | None:
        """What scores are made of, if the outputs of the model are enough for it.

        A function of tensors, from the inputs and the outputs of a batch to a
        dictionary of tensors of as many rows. `fit` then validates in one pass, and
        `readings` knows what was read. `None`, the default, has scores made in a pass
        of their own, as those of decoded texts must be.
        """
        return None

    def views(self, example: "Example") -> Mapping[str, Any]:
        """How a report shows an example, name to a view of `seqkit.inspect`.

        The names inputs, expected and found replace what is shown of it otherwise.
        """
        return {}

    def signatures(self, text: bool) -> Mapping[str, Any]:
        """What an exported model answers: name to `seqkit.export.Signature`."""
        raise SeqkitError(
            f"export: expected a recipe that exports, found {self.recipe}"
        )

    def monitored(self) -> tuple[str, Iterable[str]] | None:
        """The figure that keeps an epoch, and those of `scores` to report.

        Without any to report, it is one of Keras's own figures. `None` keeps the last
        epoch. By default the option `monitor`, if there is one.
        """
        monitor = self.config.get("monitor")
        return None if monitor is None else (monitor, ())

    def inputs_of(self, inputs: Any) -> Any:
        """The inputs of `predict` themselves, or the column of a table of them."""
        return inputs_of(inputs, self.config)

    def read_input(self, one: Any) -> Any:
        """An input as `answers` takes it; an error if it cannot be read."""
        return one

    def is_one(self, inputs: Any) -> bool:
        """Whether `predict` was given one input, not a collection of them."""
        return is_one(inputs, self.input_rank)

    def read_row(self, inputs: Sequence[Any], row: int) -> Any:
        """What `read_input` makes of one of several inputs; an error names its row."""
        try:
            return self.read_input(inputs[row])
        except DataError as error:
            raise DataError(
                error.expected,
                error.found,
                where=error.where or "inputs",
                line=error.line,
                row=row,
                fix=error.fix,
            ) from error
