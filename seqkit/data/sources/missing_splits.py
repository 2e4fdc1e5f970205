"""Making the validation and test splits that a dataset lacks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from seqkit.data.annotations import FilePath
from seqkit.data.sources.holdout import hold_out, hold_out_end, rows_of
from seqkit.data.sources.splits import Splits, has_test, in_order
from seqkit.errors import DataError


@dataclass
class MissingSplits:
    """The arguments of `load_*` about splits to hold out, see `seqkit.data`."""

    validation: float
    test: float
    seed: int
    cache_dir: FilePath | None

    def __post_init__(self) -> None:
        for name in ("validation", "test"):
            if getattr(self, name) < 0:
                raise DataError(f"{name}_fraction from 0 on", getattr(self, name))
        if max(self.validation, self.test) < 1 <= self.validation + self.test:
            found = f"{self.validation} and {self.test}"
            raise DataError("validation_fraction + test_fraction below 1", found)

    def add_to(
        self,
        splits: Splits,
        by: str,
        *,
        what: str = "texts",
        at_end: bool = False,
        test_of: str = "train",
        labels: Sequence[str] = (),
    ) -> Splits:
        """Holds out the splits that are missing: random rows, or the last (`at_end`).

        Test comes out of `test_of`: train, or validation, once that is held out.
        """
        made, notes = dict(splits), list(splits.notes)
        hold = partial(hold_out, seed=self.seed, what=what, labels=labels)
        hold = partial(hold_out_end if at_end else hold, cache_dir=self.cache_dir)

        def take(name: str, source: str, fraction: float) -> int:
            if not fraction or source not in made or name in made:
                return 0
            rest, held = hold(made[source], by, fraction=fraction, split=source)
            if not len(held):
                few = "every row has a label with at most two examples"
                notes.append(f"{name}: nothing is held out of {source}, since {few}")
                return 0
            made[source], made[name] = rest, held
            notes.append(f"{name}: {rows_of(made[name])} held out of {source}")
            return len(made[name])

        test = 0 if has_test(made) else self.test
        taken = take("test", "train", test) if test_of == "train" else 0
        validation = self.validation
        if taken and validation < 1 and test < 1:
            validation /= 1 - test  # the fraction of what train was before
        held_out = take("validation", "train", validation)
        if test_of == "validation":
            taken = take("test", "validation", test)
        return replace(
            splits,
            splits=in_order(made),
            held_out=held_out,
            held_out_test=taken,
            notes=notes,
        )
