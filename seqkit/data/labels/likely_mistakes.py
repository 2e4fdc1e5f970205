"""Labels that are probably something else: texts, lists in print, one but for case."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from seqkit.data.sources.lines import brief
from seqkit.data.sources.splits import Splits
from seqkit.errors import DataError

_PRINTED = re.compile(r"""\[\s*(['"].*['"]\s*)?\]|\(\s*['"].*['"],?\s*\)""", re.DOTALL)
_FEW = 20  # rows, of which nothing can be concluded
FEW_SEVERAL = 0.05
"""Share of rows with several labels or none, below which they are probably slips."""
_DIFFERENT = 0.9  # of the rows have a label of their own


def printed_list(value: Any, separator: str | None) -> str | None:
    """Returns a note on a label such as `"['joy', 'fear']"`, or `None`."""
    if separator is not None or not isinstance(value, str):
        return None
    if not _PRINTED.fullmatch(value.strip()):
        return None
    return (
        "some labels are lists in print, and each combination is taken for one label. "
        "Write the labels of a text with a separator, joy|fear, and give "
        "label_separator; or use lists in JSON or parquet"
    )


class SameButForCase(NamedTuple):
    """Labels that are one but for case, spaces and dashes, with their counts."""

    counts: dict[str, int]

    @property
    def first(self) -> str:
        """The rarest of them, which is probably the slip."""
        return min(self.counts, key=self.counts.__getitem__)

    @property
    def count(self) -> int:
        """How often all but the most frequent are there."""
        return sum(self.counts.values()) - max(self.counts.values())

    def __str__(self) -> str:
        names = " and ".join(
            f"{brief(name)} ({n:,})" for name, n in self.counts.items()
        )
        return f"{names} are different labels that are the same but for case"


def same_but_for_case(counts: Mapping[str, int]) -> list[SameButForCase]:
    """Finds labels such as "Billing" and "billing", given how often each is there.

    >>> from seqkit.data.labels.likely_mistakes import same_but_for_case
    >>> print(*same_but_for_case({"billing": 90, "sales": 80, "Billing": 2}))
    'billing' (90) and 'Billing' (2) are different labels that are the same but for case
    """
    alike: dict[str, dict[str, int]] = {}
    for name, count in counts.items():
        key = " ".join(re.sub("[_-]", " ", name.casefold()).split())
        alike.setdefault(key, {})[name] = count
    return [SameButForCase(names) for names in alike.values() if len(names) > 1]


def check_columns(splits: Splits, text: Any, label: Any) -> None:
    """Refuses texts and labels in each other's place; notes labels all different."""
    for name, split in splits.items():
        if len(split) < _FEW:
            continue
        labels = splits.column(name, "labels")
        different = len({names[0] for names in labels if len(names) == 1})
        if different < _DIFFERENT * len(split):
            continue
        found = f"{different:,} different labels in {len(split):,} rows"
        texts = len(set(splits.column(name, "text")))
        headers = [note for note in splits.notes if "no header" in note]
        swap = "text=1, label=0" if headers else f"text={label!r}, label={text!r}"
        example = brief(split["labels"][0][0])
        if texts < (1 - _DIFFERENT) * len(split):
            raise DataError(
                "labels that repeat, and texts that differ",
                f"{found}, such as {example}, and {texts:,} different texts",
                where=f"{splits.origin}, split {name}",
                fix=f"If the label comes first, give {swap}",
            )
        splits.notes.append(f"{name}: {found}, such as {example}. To swap: {swap}")
