"""A recipe that trains nothing and notes what it was asked to do."""

from pathlib import Path
from typing import Literal

from seqkit.errors import DataError
from seqkit.options import Count, Fraction, groups, option
from seqkit.task import Task


class FakeOptions(groups.Data):
    """What `build` takes."""

    title = "Fake"

    source: str = option("en", "Source language.")
    target: str = option("de", "Target language.")
    architecture: Literal["lstm", "transformer"] = option("transformer", "The model.")
    dropout: Fraction = option(0.1, "Fraction dropped in training.", sample=0.2)
    num_layers: Count | None = option(None, "Layers, if there are any.")
    share: bool = option(True, "Whether two sides share one vocabulary.")
    widths: list[Count] = option([3], "Widths of the filters.")

    def mistakes(self):
        yield from super().mistakes()
        if self.source == self.target:
            yield "source, target", f"expected two languages, found {self.source} twice"


class FakePredict(groups.Predict):
    """What `predict` takes."""

    num_beams: Count = option(5, "Width of the search.")


class FakeEvaluate(groups.Evaluate):
    """What `evaluate` takes."""

    num_beams: Count = option(5, "Width of the search.")


class FakeModel:
    built, weights = True, ()

    def count_params(self):
        return 1234

    def save(self, path):
        path.write_text("weights")


class FakeTask(Task):
    """Answers in capitals, with a line break for each beam.

    Attributes:
        built: All tasks of the class, built or loaded.
        calls: What was asked for, in order: the verb and its arguments.
    """

    Options, Predict, Evaluate = FakeOptions, FakePredict, FakeEvaluate
    built = []

    def __init__(self, options):
        super().__init__(options)
        self.model, self.calls = FakeModel(), []
        self.built.append(self)

    @classmethod
    def make(cls, dataset=None, *, needs=None, **options):
        if dataset == "absent":
            raise DataError("a folder", "nothing", where=dataset)
        task = cls(cls.Options.settle({"dataset": dataset, **options}))
        task.calls.append(("build", {"dataset": dataset, **options}))
        if needs:
            task.check_splits(needs)
        return task

    def load_examples(self):
        from seqkit.data import Splits

        dataset = self.options.dataset
        self.calls.append(("load", dataset))
        rows = {"train": ["a", "b"], "test": ["c"]}
        if not isinstance(dataset, str | None):
            rows = dataset
        return Splits(dict(rows), origin="a dictionary")

    def fit(self, epochs=None, *, checkpoint_dir=None, resume=False, verbose="auto"):
        if checkpoint_dir is not None:
            Path(checkpoint_dir).mkdir(parents=True, exist_ok=True)
        self.calls.append(("fit", epochs, checkpoint_dir, resume))

    def answers(self, inputs, options):
        return [text.upper() + "\r\n!" * options.num_beams for text in inputs]

    def scores(self, split, options):
        if split == "broken":
            raise RuntimeError("out of luck")
        self.calls.append(("evaluate", split, options.num_beams, self.options.dataset))
        return {"bleu": 34.5678, "signature": f"beams:{options.num_beams}"}

    def load_model(self, folder):
        assert (folder / "model.keras").read_text() == "weights"

    def export(self, folder, *, text=True):
        Path(folder).mkdir(parents=True)
        (Path(folder) / f"text-{text}").touch()
