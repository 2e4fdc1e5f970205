"""The examples of a task: splits, what is made of them once, and their batches."""

import contextlib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from seqkit.errors import ArgumentError, SeqkitError
from seqkit.registry import accepted
from seqkit.task.declaration import Declaration
from seqkit.task.reporting import report, returned

if TYPE_CHECKING:
    from seqkit.data import Splits


class Examples(Declaration):
    """A declaration with its examples."""

    saved_sizes: dict[str, int]
    distribution: Any
    _splits: Any
    _of_data: dict[Any, Any]
    _readings: dict[str, dict[int, dict[str, Any]]]

    def settle(self, values: Any) -> None:
        """Takes over options that were left open."""
        raise NotImplementedError

    @property
    def splits(self) -> "Splits":
        """The examples, by name of the split; loaded when they are first needed."""
        if self._splits is None:
            check_kept(self.options.dataset)
            examples = self.load_examples()
            if not hasattr(examples, "skipped"):
                raise returned(self, "load_examples", "seqkit.data.Splits", examples)
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
    def lent(self, dataset: Any, split: str | None = None) -> Iterator[None]:
        """Context in which examples come from another dataset, unless it is `None`.

        That dataset is to be scored, so none of its rows are held out, unless `split`
        names one that it lacks.
        """
        if dataset is None:
            yield
            return
        kept = self.options, self._splits, self._of_data
        try:
            whole = getattr(self.options, "as_it_is", {})
            self.settle({"dataset": dataset, **whole})
            self._splits, self._of_data = None, {}
            if split is not None and split not in self.splits:
                self.settle({name: getattr(kept[0], name) for name in whole})
                self._splits, self._of_data = None, {}
                if split in self.splits:
                    report(f"{split}: rows that are held out, as for a training")
            yield
        finally:
            self.options, self._splits, self._of_data = kept

    def load(self, loader: Callable, sample: Callable) -> "Splits":
        """Calls a loader of `seqkit.data` with the options that it takes.
        `sample` makes the embedded sample.
        """
        return loader(sample=sample, **accepted(loader, self.config))

    @property
    def train(self) -> Any:
        """Shuffled training batches for `fit`; each pass is a new epoch.

        A `tf.data.Dataset` on TensorFlow, a `keras.utils.PyDataset` on JAX and PyTorch.
        """
        return self.batched("train", training=True)[1]

    @property
    def validation(self) -> Any:
        """Validation batches for `fit`, as `train` has them."""
        return self.batched("validation")[1]

    def batched(self, split: str, training: bool = False) -> tuple[Any, Any]:
        """The batches of a split, and the same as `fit` reads them; made once."""

        def make():
            # Keras warns of its own default, for data that is shuffled already.
            warnings.filterwarnings("ignore", "`shuffle=True` was passed, but will be")
            batches = self.batches(split, training)
            return batches, self.full_rows(batches).to_dataset()

        return self.of_data(("batches", split, training), make)

    def full_rows(self, batches: Any) -> Any:
        """Batches filled up with rows of weight 0, if devices share their rows."""
        from seqkit.data import FullRows

        parts = self.distribution.replicas
        return batches if parts == 1 else FullRows(batches, parts)

    def own_part(self, split: str, training: bool = False) -> tuple[Any, Any]:
        """What `batched` returns, of the rows that this process makes of each batch."""
        index, count = self.distribution.part
        if count == 1:
            return self.batched(split, training)

        def make():
            from seqkit.data import OwnRows

            whole = self.batched(split, training)[0]
            own = OwnRows(whole, index, count, self.distribution.replicas)
            return own, own.to_dataset()

        return self.of_data(("batches", split, training, "own"), make)

    def readings(
        self, split: str, rows: Sequence[int], run: Callable[[list[int]], list]
    ) -> list[dict[str, Any]]:
        """What `reading` makes of some examples of a split.

        What validation has just read is known; the rest is what `run` returns for their
        numbers.
        """
        known = self._readings.get(split, {})
        missing = [row for row in map(int, rows) if row not in known]
        made = dict(zip(missing, run(missing), strict=True)) if missing else {}
        return [known[row] if row in known else made[row] for row in map(int, rows)]

    def keep_readings(
        self, split: str, rows: Sequence[int], found: dict[str, Any]
    ) -> None:
        """Keeps what was read of a batch with some examples of a split."""
        known = self._readings.setdefault(split, {})
        for place, row in enumerate(map(int, rows)):
            known[row] = {name: one[place] for name, one in found.items()}

    def forget_readings(self) -> None:
        """Reads all examples again from here on, for the weights are others."""
        self._readings.clear()

    def forget_batches(self) -> None:
        """Makes batches again when they are next needed, as other options say."""
        for key in [key for key in self._of_data if key[0] == "batches"]:
            del self._of_data[key]

    def report_once(self, text: str) -> None:
        """Reports what was decided about the data, the first time."""
        self.of_data(("reported", text), lambda: report(text) or True)

    def of_data(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make()` returned, once for each key and dataset."""
        if key not in self._of_data:
            self._of_data[key] = make()
        return self._of_data[key]

    def split(self, name: str) -> Any:
        """The examples of a split; an error names those that there are."""
        if name not in self.splits:
            named = ", ".join(self.splits)
            raise SeqkitError(f"split: expected one of {named}, found {name!r}")
        return self.splits[name]

    def check_splits(self, needs: Mapping[str, str]) -> None:
        """Refuses data that lack splits, all in one error; `needs` says what for."""
        found = ", ".join(self.splits)
        problems = [
            f"dataset: expected a {name} split, found {found}. {reason}"
            for name, reason in needs.items()
            if name not in self.splits
        ]
        if problems:
            raise ArgumentError(problems)

    def default_split(self) -> str:
        """What `evaluate` scores without a name: test, or else validation."""
        if "test" not in self.splits and "validation" in self.splits:
            report("evaluate: there is no test split, so validation is scored")
            return "validation"
        if len(self.splits) == 1 and "test" not in self.splits:
            (only,) = self.splits
            report(f"evaluate: {only} is the only split, so it is scored")
            return only
        return "test"

    def train_split(self, reason: str = "The task learns from it.") -> Any:
        """The training examples; an error gives the reason why they are needed."""
        if "train" not in self.splits:
            found = ", ".join(self.splits)
            raise SeqkitError(
                f"dataset: expected a train split, found {found}. {reason}"
            )
        return self.splits["train"]

    def steps_per_epoch(self, times: float = 1) -> int:
        """The number of training batches, if each had so many times fewer rows."""
        batches = self.batched("train", training=True)[0]
        return len(batches) if times == 1 else batches.count_if_smaller(times)


def check_kept(dataset: Any) -> None:
    """Raises if a loaded task's dataset was in memory and is gone."""
    if isinstance(dataset, dict) and set(dataset) == {"in_memory"}:
        raise SeqkitError(
            f"dataset: the task was built with a {dataset['in_memory']} in memory, "
            "which is not kept. Give dataset= to load it with one."
        )
