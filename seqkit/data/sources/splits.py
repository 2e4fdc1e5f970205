"""The names of splits, and the mapping that holds loaded ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

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
# testa and testb are what CoNLL-2002 and 2003 call validation and test.
_WITHIN_NAMES = _NAMES | {"testa": "validation", "testb": "test"}
_WITHIN = re.compile("[^\\W\\d_]+")  # letters between what are none


def split_name(name):
    """Returns the name that a split goes by here, or `None` where it is none.

    >>> from seqkit.data.sources.splits import split_name
    >>> split_name("dev"), split_name("test_2016_flickr"), split_name("notes")
    ('validation', 'test_2016_flickr', None)
    """
    further = name if _FURTHER_TEST.fullmatch(name) else None
    return _NAMES.get(name.lower(), further)


def split_at_end(name):
    """Returns the split that a name ends with after a separator, or `None`.

    >>> from seqkit.data.sources.splits import split_at_end
    >>> [split_at_end(name) for name in ("ptb.valid", "en_ewt-ud-train", "train")]
    ['validation', 'train', None]
    """
    ends = (name[match.end() :] for match in re.finditer("[._-]", name))
    return next((split for end in ends if (split := split_name(end))), None)


def split_within(name):
    """Returns the split that a name holds between other signs than letters, or `None`.

    Also `None` where it holds more than one: `train+dev` is neither.

    >>> from seqkit.data.sources.splits import split_within
    >>> names = ("wnut17train.conll", "emerging.test.annotated", "eng.testa", "latest")
    >>> [split_within(name) for name in names]
    ['train', 'test', 'validation', None]
    """
    words = (word.lower() for word in _WITHIN.findall(name))
    found = {_WITHIN_NAMES[word] for word in words if word in _WITHIN_NAMES}
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, eq=False)
class Splits(Mapping):
    """Loaded splits by name, with what was left out of them.

    A name is found under its other names too ("dev" for "validation"), and "test" is
    the only `test_*` there is where no split is called "test".

    Args:
        splits: Split name to `datasets.Dataset`.
        origin: What the dataset was, in words.
        skipped: Split name to the number of rows left out; empty where there are none.
        messages: Split name to the first messages about rows left out.
        held_out: Rows moved from train to validation.
        held_out_test: Rows moved from train to test.

    >>> from seqkit.data.sources.splits import Splits
    >>> splits = Splits({"train": [1, 2], "test_2016": [3]}, origin="a list")
    >>> list(splits), splits["test"]
    (['train', 'test_2016'], [3])
    >>> print(splits.summary())
    a list: train 2, test_2016 1
    """

    splits: dict
    origin: str
    skipped: dict = field(default_factory=dict)
    messages: dict = field(default_factory=dict)
    held_out: int = 0
    held_out_test: int = 0

    def __getitem__(self, name):
        known = split_name(str(name)) or str(name)
        if known == "test" and known not in self.splits:
            tests = [name for name in self.splits if name.lower().startswith("test")]
            known = tests[0] if len(tests) == 1 else known
        if known not in self.splits:
            raise KeyError(f"no split {name!r}; there are {', '.join(self.splits)}")
        return self.splits[known]

    def __iter__(self):
        return iter(self.splits)

    def __len__(self):
        return len(self.splits)

    def summary(self):
        """Returns the sizes, and what was held out and left out, as a few lines."""
        sizes = (f"{name} {len(split):,}" for name, split in self.splits.items())
        lines = [f"{self.origin}: {', '.join(sizes)}"]
        if self.held_out:
            lines.append(f"validation: {self.held_out:,} rows held out from train")
        if self.held_out_test:
            lines.append(f"test: {self.held_out_test:,} rows held out from train")
        for name, count in self.skipped.items():
            lines.append(f"{name}: {count:,} left out, first")
            lines.extend(f"  {message}" for message in self.messages[name])
        return "\n".join(lines)
