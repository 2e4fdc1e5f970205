"""Checking a task's examples before it is trained."""

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from seqkit.errors import ArgumentError
from seqkit.task.examples import Examples

if TYPE_CHECKING:
    from seqkit.checks import CheckReport, Limit

_SAMPLE = 5_000
"""Rows of train from which a tokenizer is learnt that only measures lengths."""


class Checking(Examples):
    """Examples that can be checked, with a model or without one."""

    checks: ClassVar[Mapping[str, Callable]] = {}
    """Further checks of a recipe, name to function, see `seqkit.checks`."""

    def limits(self) -> "Mapping[str, Limit]":
        """What is cut or left out for its length: column to `seqkit.checks.Limit`."""
        return {}

    def check(self, *, places: int = 3) -> "CheckReport":
        """Looks for faults in the examples, reading all and training nothing.

        Args:
            places: Places that a finding names at most, from 1; of bad rows, the
                first five are known.

        Returns:
            A `seqkit.checks.CheckReport`: sizes, distributions, duplicates, overlap of
            splits, contradictions, damage and more, each with a verdict, a count and
            the first places. `print` shows it.
        """
        from seqkit.checks import Examples, run_checks

        if type(places) is not int or places < 1:
            raise ArgumentError(
                [f"places: expected an integer from 1, found {places!r}"]
            )
        about = self.splits, self.fields, self.config, self.limits()
        examples = Examples(*about, most_places=places)
        return run_checks(examples, self.recipe, self.checks)

    @classmethod
    def check_dataset(
        cls, dataset: Any = None, *, places: int = 3, **options: Any
    ) -> "CheckReport":
        """Checks a dataset without building a task.

        Args:
            dataset, options: As in `build`. Bad rows are counted, where `build` would
                stop at the first.
            places: As in `check` of a task.

        Returns:
            What `check` of a task returns.

        >>> import seqkit
        >>> rows = [("good", "a"), ("bad", "b"), ("good", "b"), ("", "a")] * 30
        >>> report = seqkit.recipes.sentiment.check({"train": rows})
        >>> report.verdict, report.checks["contradictions"][0].count
        ('fail', 60)
        """
        return cls.of_examples(dataset, **options).check(places=places)

    @classmethod
    def of_examples(cls, dataset: Any = None, **options: Any) -> Self:
        """A task with its good examples, without a model and before it learns."""
        task = cls.of_options(dataset, **options)
        strict = task.options
        if "on_error" in type(strict).model_fields:
            task.settle({"on_error": "skip"})
        task._splits = task.load_examples()
        if dataset is None:
            task._splits = replace(task._splits, origin="embedded sample")
        if "on_error" in type(strict).model_fields:
            task.settle({"on_error": strict.on_error})
        return task

    @classmethod
    def of_options(cls, dataset: Any = None, **options: Any) -> Self:
        """A task of the options of `build`, without a model and before it learns."""
        raise NotImplementedError

    @contextlib.contextmanager
    def learning_from_few(self) -> Iterator[None]:
        """Context in which train is a part that stands for it, and nothing is said."""
        whole = self._splits
        train = self.train_split()
        step = max(1, len(train) // _SAMPLE)
        rows = train.select(range(0, len(train), step))
        self._splits = replace(whole, splits={**whole.splits, "train": rows})
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                yield
        finally:
            self._splits = whole

    def counter(self, tokenizer: str, encode: Callable) -> Callable[[list[str]], list]:
        """A function from texts to the number of their tokens, `</s>` included.

        Where the asset `tokenizer` is missing, a part of train is learnt first.
        """

        def count(texts):
            if getattr(self, tokenizer) is None:
                with self.learning_from_few():
                    self.learn()
            return [len(ids) + 1 for ids in encode(texts)]

        return count
