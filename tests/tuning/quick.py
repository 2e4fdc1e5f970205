"""A recipe that trains nothing: its figure follows from its options."""

import os
import signal
import time

import seqkit
from seqkit.errors import Diverged
from seqkit.options import NotNegative, Steps, option
from seqkit.registries import recipes
from tests.fake import FakeOptions, FakeTask


class QuickOptions(FakeOptions):
    """What `build` takes."""

    rate: NotNegative = option(0.5, "The best is 0.3.")
    size: Steps = option(4, "The best is 8; above 90 much goes wrong.")
    patience: float = option(0.0, "Seconds of an epoch.")

    def mistakes(self):
        yield from super().mistakes()
        if self.size == 91:
            yield "size, rate", "expected others that go together, found these"


@seqkit.recipe("quick")
class Quick(FakeTask):
    """Figures without work."""

    Options = QuickOptions
    built = []

    def load_examples(self):
        from seqkit.data import Splits

        rows = {"train": ["a"], "validation": ["b"], "test": ["c"]}
        if self.options.dataset == "unvalidated":
            del rows["validation"]
        return Splits(rows, origin="a dictionary")

    def monitored(self):
        return "score", ("score",)

    def reached(self, epoch):
        distance = abs(self.options.rate - 0.3) + abs(self.options.size - 8) / 10
        return 1 - distance - 1 / (epoch + 2)

    def fit(self, epochs=None, *, callbacks=(), verbose="auto"):
        assert verbose == 0
        if self.options.size == 92:
            raise Diverged("expected a finite loss, found nan")
        if self.options.size == 93:
            raise MemoryError
        if self.options.size == 94:
            raise KeyboardInterrupt
        if self.options.size == 95:
            os.kill(os.getpid(), signal.SIGKILL)
        for epoch in range(epochs or 3):
            time.sleep(self.options.patience)
            for one in callbacks:
                one.on_epoch_end(epoch, {"loss": 1.0, "val_score": self.reached(epoch)})
        self.history["val_score"] = [self.reached(e) for e in range(epochs or 3)]

    def scores(self, split, options):
        assert split == "validation", "tuning never looks at the test split"
        score = float("nan") if self.options.size == 96 else self.reached(9)
        return {
            "score": score,
            "beams": options.num_beams,
            "signature": "s",
            "flag": True,
        }


# It is named by its place; other tests go through all recipes that have a name.
del recipes._parts["quick"]
