"""The names of splits, and the mapping that holds loaded ones."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seqkit.data.sources.places import Places
from seqkit.errors import DataError

_NAMES = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
}
_FURTHER_TEST = re.compile(r"test([_.-].+|\d.*)", re.IGNORECASE)
# CoNLL-2002 and 2003 call validation and test testa and testb.
_WITHIN_NAMES = _NAMES | {"testa": "validation", "testb": "test"}
_WITHIN = re.compile("[^\\W\\d_]+")  # letters between other characters


def split_name(name: str) -> str | None:
    """Returns the usual name of a split, or `None` if the name is not a split's.

    >>> from seqkit.data import split_name
    >>> split_name("dev"), split_name("test_2016_flickr"), split_name("notes")
    ('validation', 'test_2016_flickr', None)
    """
    further = name if _FURTHER_TEST.fullmatch(name) else None
    return _NAMES.get(name.lower(), further)


def split_at_end(name: str) -> str | None:
    """Returns the split that a name ends with after a separator, or `None`."""
    ends = (name[match.end() :] for match in re.finditer("[._-]", name))
    return next((split for end in ends if (split := split_name(end))), None)


def split_within(name: str) -> str | None:
    """Returns the split that a name holds between characters that are no letters.

    `None` if it holds none, or more than one: `train+dev` is neither.
    """
    words = (word.lower() for word in _WITHIN.findall(name))
    found = {_WITHIN_NAMES[word] for word in words if word in _WITHIN_NAMES}
    return found.pop() if len(found) == 1 else None


def in_order(splits: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the same mapping, with train and validation first."""
    first = ("train", "validation")
    names = sorted(splits, key=lambda name: (name not in first, name))
    return {name: splits[name] for name in names}


def has_test(splits: Mapping[str, Any]) -> bool:
    """Whether one of the splits is a test split."""
    return any(name.lower().startswith("test") for name in splits)


@dataclass(frozen=True, eq=False)
class Splits(Mapping):
    """Loaded splits by name, and how they were loaded.

    A split is found by its other names too ("dev" for "validation"), and if no split is
    called "test", the only `test_*` is found as "test".

    Args:
        splits: Split name to `datasets.Dataset`.
        origin: What the dataset was, in words.
        skipped: Split name to the number of rows left out, if there are any.
        messages: Split name to the first messages about rows left out.
        errors: Split name to the errors of the first rows left out.
        held_out: Number of rows held out for validation.
        held_out_test: Number of rows held out for test.
        notes: What the loader decided by itself, a sentence each: the format of files,
            the columns of a file without a header, what was held out.
        places: Split name to the place of each row, see `place_of`.

    >>> from seqkit.data import Splits
    >>> splits = Splits({"train": [1, 2], "test_2016": [3]}, origin="a list")
    >>> list(splits), splits["test"]
    (['train', 'test_2016'], [3])
    >>> print(splits.summary())
    a list: train 2, test_2016 1
    """

    splits: dict[str, Any]
    origin: str
    skipped: dict[str, int] = field(default_factory=dict)
    messages: dict[str, list[str]] = field(default_factory=dict)
    held_out: int = 0
    held_out_test: int = 0
    notes: list[str] = field(default_factory=list)
    errors: dict[str, list[DataError]] = field(default_factory=dict, repr=False)
    places: dict[str, Places] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.splits[self.name_of(name)]

    def name_of(self, name: str) -> str:
        """The name under which a split is kept."""
        known = split_name(str(name)) or str(name)
        if known == "test" and known not in self.splits:
            tests = [name for name in self.splits if name.lower().startswith("test")]
            known = tests[0] if len(tests) == 1 else known
        if known not in self.splits:
            raise KeyError(f"no split {name!r}; there are {', '.join(self.splits)}")
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self.splits)

    def __len__(self) -> int:
        return len(self.splits)

    def summary(self) -> str:
        """Returns the sizes, the notes, and what was left out, as a few lines."""
        sizes = (f"{name} {len(split):,}" for name, split in self.splits.items())
        lines = [f"{self.origin}: {', '.join(sizes)}", *self.notes]
        for name, count in self.skipped.items():
            lines.append(f"{name}: {count:,} left out, first")
            lines.extend(f"  {message}" for message in self.messages[name])
        return "\n".join(lines)

    def column(self, split: str, column: str) -> Iterator[Any]:
        """Yields the values in a column, which need not fit into memory at once."""
        for batch in self[split].select_columns(column).iter(batch_size=1000):
            yield from batch[column]

    def place(self, split: str, is_it: Callable[[Any], bool]) -> dict[str, Any]:
        """Returns where the first row that `is_it(row)` accepts is, for errors."""
        for number, row in enumerate(self[split]):
            if is_it(row):
                place, tail = self.place_of(split, number), f", split {split}"
                where = place["where"]
                return {**place, "where": where.removesuffix(tail) + tail}
        return {"where": f"{self.origin}, split {split}"}

    def place_of(self, split: str, row: int) -> dict[str, Any]:
        """Returns the file or split that a row comes from, and its line or row there.

        >>> from seqkit.data import load_texts
        >>> splits = load_texts(["one", "two", "three"], validation_fraction=1)
        >>> splits.place_of("validation", 0)
        {'where': 'list, split train', 'line': None, 'row': 2}
        """
        name = self.name_of(split)
        if name in self.places:
            return self.places[name][row]
        return {"where": f"{self.origin}, split {name}", "line": None, "row": row}
