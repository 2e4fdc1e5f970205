"""Labels that are probably something else: texts, or lists in print."""

import re
from typing import Any

from seqkit.data.sources.lines import brief
from seqkit.data.sources.splits import Splits
from seqkit.errors import DataError

_PRINTED = re.compile(r"""\[\s*(['"].*['"]\s*)?\]|\(\s*['"].*['"],?\s*\)""", re.DOTALL)
_FEW = 20  # rows, of which nothing can be concluded
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
