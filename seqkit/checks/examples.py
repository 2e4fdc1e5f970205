"""The examples that checks look at, in batches of Arrow's arrays."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow
import pyarrow.compute as pc

from seqkit.checks.findings import Finding, Place

BATCH = 20_000
"""Rows that are in memory together."""
PLACES = 3
"""Places that a finding names by default."""
_LISTS = ("texts", "words", "tags", "labels")
_NUMBERS = ("numbers", "points")


class Limit(NamedTuple):
    """A limit on the length of texts, for the check `limits`.

    Attributes:
        option: The option that sets it.
        most: The limit.
        unit: What is counted, such as "tokens".
        fate: What happens beyond it, such as "are cut".
        count: From a list of texts to the length of each; `None` if the length is the
            number of characters.
    """

    option: str
    most: int
    unit: str
    fate: str
    count: Callable[[list[str]], list[int]] | None = None


class Examples:
    """The splits of a dataset, and what their columns hold.

    Args:
        splits: A `seqkit.data.Splits`.
        fields: Column to `seqkit.task.Field`; columns that the splits lack are ignored.
        options: The options that the examples were loaded with, by name.
        limits: Column to `Limit`.
        most_places: Places that a finding names at most.
    """

    def __init__(
        self,
        splits: Any,
        fields: Mapping[str, Any],
        options: Mapping[str, Any],
        limits: Mapping[str, Limit] | None = None,
        most_places: int = PLACES,
    ):
        self.most_places = most_places
        self.splits, self.options, self.limits = splits, options, dict(limits or {})
        columns = {name for split in splits.values() for name in split.column_names}
        self.fields = {name: one for name, one in fields.items() if name in columns}
        self._known: dict[Any, Any] = {}

    def columns(self, *kinds: str, target: bool | None = None) -> list[str]:
        """Columns of any of the kinds; targets, inputs or both.

        Without a kind, those of examples of text and images, which the rows of a series
        and sets of points are not.
        """
        if not kinds and any(one.kind in _NUMBERS for one in self.fields.values()):
            return []
        return [
            name
            for name, field in self.fields.items()
            if (not kinds or field.kind in kinds) and target in (None, field.target)
        ]

    def is_list(self, column: str) -> bool:
        """Whether a column holds lists of strings."""
        return self.fields[column].kind in _LISTS

    @property
    def others(self) -> list[str]:
        """The splits but train."""
        return [name for name in self.splits if name != "train"]

    @property
    def is_running_text(self) -> bool:
        """Whether rows are lines of one text, which may repeat."""
        return not self.columns(target=True) and not self.options.get("documents")

    def batches(self, split: str, *columns: str) -> Iterator[tuple[int, list[Any]]]:
        """Yields the number of a batch's first row, and an Arrow array per column."""
        rows = self.splits[split].select_columns(list(columns)).with_format("arrow")
        first = 0
        for table in rows.iter(batch_size=BATCH):
            arrays = [table.column(name).combine_chunks() for name in columns]
            yield first, arrays
            first += len(table)

    def strings(self, split: str, column: str) -> Iterator[tuple[np.ndarray, Any]]:
        """Yields the strings of a column, and the row that each of them is in."""
        for first, (array,) in self.batches(split, column):
            if self.is_list(column):
                rows = first + pc.list_parent_indices(array).to_numpy()
                yield rows, array.flatten()
            else:
                yield np.arange(first, first + len(array)), array

    def hashes(self, split: str, columns: Iterable[str]) -> np.ndarray:
        """A hash of 8 bytes for each row `[N]`: of the columns together."""
        columns = tuple(columns)
        total = np.zeros(len(self.splits[split]), np.uint64)
        for column in columns:
            total = total * np.uint64(0x9E3779B97F4A7C15) + self._hashes(split, column)
        return total

    def _hashes(self, split: str, column: str) -> np.ndarray:
        if self.fields[column].kind == "image":
            from seqkit.checks.images import image_hashes

            return image_hashes(self, split, column)
        if self.fields[column].kind == "audio":
            from seqkit.checks.sounds import sound_hashes

            return sound_hashes(self, split, column)
        return self.once(
            ("hashes", split, column), lambda: self._text_hashes(split, column)
        )

    def _text_hashes(self, split: str, column: str) -> np.ndarray:
        found = np.empty(len(self.splits[split]), np.uint64)
        for first, (array,) in self.batches(split, column):
            if self.is_list(column):
                array = pc.binary_join(array, "\x1f")
            texts = pc.utf8_trim_whitespace(array)  # type: ignore
            found[first : first + len(array)] = hash_strings(texts)
        return found

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make()` returned, once per key."""
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    def places(
        self, split: str, rows: Iterable[int], show: str | Callable[[int], str] = ""
    ) -> tuple[Place, ...]:
        """The places of the first rows; `show` is a column, or from a row to text."""
        found = []
        for row in list(rows)[: self.most_places]:
            text = show(row) if callable(show) else self.brief(split, row, show)
            found.append(Place(**self.splits.place_of(split, int(row)), found=text))
        return tuple(found)

    def brief(self, split: str, row: int, *columns: str) -> str:
        """What is in a row, shortened."""
        example = self.splits[split][int(row)]
        return " | ".join(brief(example[column]) for column in columns if column)


def brief(value: Any, most: int = 60) -> str:
    """A value for a line of a report."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = " ".join(value[:most])
    text = repr(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def hash_strings(strings: pyarrow.Array) -> np.ndarray:
    """A hash of 8 bytes for each string `[N]`."""
    import pandas

    hash_array: Any = pandas.util.hash_array
    objects = strings.to_numpy(zero_copy_only=False)
    return hash_array(np.asarray(objects, object), categorize=False)


def percent(part: int, whole: int) -> str:
    """A share for a sentence, such as "1.2 %"."""
    share = 100 * part / max(whole, 1)
    return f"{share:.1f} %" if share >= 1 else f"{share:.2g} %"


def found_or(findings: Iterable[Finding], text: str) -> Iterator[Finding]:
    """The findings that are about something; without any, one that passes."""
    found = [one for one in findings if one.count or one.verdict != "pass"]
    yield from found or [Finding(text)]
