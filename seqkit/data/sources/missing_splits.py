"""Making the validation and test splits that a dataset lacks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from seqkit.data.annotations import FilePath
from seqkit.data.sources.arrow import split_rows
from seqkit.data.sources.holdout import last_rows, rows_of, rows_to_hold
from seqkit.data.sources.splits import Splits, has_test, in_order
from seqkit.errors import DataError

FRACTION = 0.05
"""What is held out for validation by default: of train, ..."""
FEWEST, SHARE = 200, 0.2
"""... but so many rows, as far as they are no more than this share of train."""


@dataclass
class MissingSplits:
    """The arguments of `load_*` about splits to hold out, see `seqkit.data`."""

    validation: float | None
    test: float
    seed: int
    cache_dir: FilePath | None

    def __post_init__(self) -> None:
        for name in ("validation", "test"):
            if (getattr(self, name) or 0) < 0:
                raise DataError(f"{name}_fraction from 0 on", getattr(self, name))
        validation = SHARE if self.validation is None else self.validation
        if max(validation, self.test) < 1 <= validation + self.test:
            found = f"{validation} and {self.test}"
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
        made, notes, places = dict(splits), list(splits.notes), dict(splits.places)
        choose = partial(rows_to_hold, seed=self.seed, what=what, labels=labels)
        choose = last_rows if at_end else choose

        def take(name: str, source: str, fraction: float, why: str = "") -> int:
            if not fraction or source not in made or name in made:
                return 0
            mask = choose(made[source], by, fraction=fraction, split=source)
            if not mask.any():
                few = "every row has a label with at most two examples"
                notes.append(f"{name}: nothing is held out of {source}, since {few}")
                return 0
            made[source], made[name] = split_rows(made[source], mask, self.cache_dir)
            if source in places:
                whole = places[source]
                places[source], places[name] = whole.kept(~mask), whole.kept(mask)
            notes.append(f"{name}: {rows_of(made[name])} held out of {source}{why}")
            return len(made[name])

        whole = len(made["train"]) if "train" in made else 0
        test = 0 if has_test(made) else self.test
        taken = take("test", "train", test) if test_of == "train" else 0
        validation, why = self.validation, ""
        if validation is None and at_end:
            validation = FRACTION
        elif validation is None:
            validation, why = _enough(whole)
        if taken and validation < 1 and test < 1:
            validation /= 1 - test  # the fraction of what train was before
        held_out = take("validation", "train", validation, why)
        if test_of == "validation":
            taken = take("test", "validation", test)
        return replace(
            splits,
            splits=in_order(made),
            held_out=held_out,
            held_out_test=taken,
            notes=notes,
            places=places,
        )


def _enough(rows: int) -> tuple[float, str]:
    """The fraction of so many rows to hold out for validation, and why so much."""
    share = min(max(FRACTION, FEWEST / max(rows, 1)), SHARE)
    if share == FRACTION:
        return share, ""
    return share, f", since {FRACTION:.0%} would be few to judge by"
