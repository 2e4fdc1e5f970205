"""The labels in a record, in any form that datasets store them in."""

import numbers
from typing import Any

from seqkit.data.sources.lines import Record, as_target, brief, no_target, text_of

FIX = "Give text= and label= as the data names them"
_ON_OR_OFF = {"0": False, "1": True, "false": False, "true": True}


def labels_of(record: Record, label: Any, separator: str | None = None) -> list[str]:
    """Returns the labels of a record, each once, or raises `DataError`.

    `label` may be a list of columns that hold 0 or 1.
    """
    if isinstance(label, list):
        return [column for column in label if _is_on(record, column)]
    value = _value(record, label)
    if isinstance(value, list | tuple):
        names = [_name(record, label, one) for one in value]
    elif separator is not None and isinstance(value, str):
        parts = value.split(separator) if value.strip() else []
        names = [_name(record, label, one) for one in parts]
    else:
        names = [_name(record, label, value)]
    return list(dict.fromkeys(names))


def _value(record: Record, column: Any) -> Any:
    if column not in record.values:
        raise no_target(record.missing(column, FIX))
    return record.values[column]


def _name(record: Record, column: Any, value: Any) -> str:
    """The name of a label: text without spaces around it, or a whole number."""
    if isinstance(value, bool):
        return str(value).lower()
    is_whole = isinstance(value, numbers.Integral) or (
        isinstance(value, numbers.Real) and float(value).is_integer()
    )
    if is_whole:
        number: Any = value
        return str(int(number))
    if isinstance(value, str) and value.strip():
        return text_of(record, {column: value.strip()}, column, FIX)
    with as_target(value):
        raise record.error(f"a label in column {column!r}", brief(value))


def _is_on(record: Record, column: Any) -> bool:
    value = _value(record, column)
    if isinstance(value, str | numbers.Real):
        name = value if isinstance(value, str) else f"{value:g}"
        if isinstance(value, bool):
            name = str(value)
        if (known := name.strip().lower()) in _ON_OR_OFF:
            return _ON_OR_OFF[known]
    with as_target(value):
        raise record.error(f"0 or 1 in column {column!r}", brief(value))
