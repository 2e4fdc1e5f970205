"""Drawing the rows of a split, each of them new, until there are enough."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from seqkit.errors import DataError


class Drawing(NamedTuple):
    """How a sample draws its rows, and what it says if `patience` draws are in vain."""

    sample: str
    rows: str
    lack: str
    fix: str = "Ask for a larger `train` or a smaller `test`."
    patience: int = 5_000

    def draw(
        self, split: str, count: int, seed: int, draw: Callable[[Random], Iterable[Any]]
    ) -> list[Any]:
        """Returns `count` rows of a split."""
        rng = Random(f"{split} {seed}")
        drawn: list[Any] = []
        in_vain = 0
        while len(drawn) < count:
            before = len(drawn)
            drawn += draw(rng)
            in_vain = in_vain + 1 if len(drawn) == before else 0
            if in_vain == self.patience:
                raise DataError(
                    f"{count} {self.rows}",
                    f"only {len(drawn)} {self.lack}",
                    where=f"embedded {self.sample} sample, split {split!r}",
                    fix=self.fix,
                )
        return drawn[:count]

    def check_split(self, split: str, names: Iterable[str]) -> None:
        """Raises `DataError` if there is no such split."""
        if split not in names:
            expected = "one of " + ", ".join(map(repr, names))
            where = f"embedded {self.sample} sample"
            raise DataError(expected, repr(split), where=where)

    def rows_where(
        self,
        drawn: Mapping[str, Sequence[Any]],
        split: str,
        tests: dict[str, Callable[[Any], bool]],
    ) -> dict[str, list[int]]:
        """Returns the numbers of the rows of a split that pass each test."""
        self.check_split(split, drawn)
        return {
            name: [number for number, row in enumerate(drawn[split]) if test(row)]
            for name, test in tests.items()
        }
