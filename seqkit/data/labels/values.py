"""The labels in a record, whatever a dataset keeps them as."""

import numbers

from seqkit.data.sources.lines import brief, text_of

FIX = "Give text= and label= as the data names them"
_ON_OR_OFF = {"0": False, "1": True, "false": False, "true": True}


def labels_of(record, label, separator=None):
    """Returns the labels of a record, or raises the `DataError` that tells their fault.

    Args:
        record: A `Record`.
        label: The column of the label, or a list of columns that hold 0 or 1.
        separator: What stands between several labels in one string.

    Returns:
        List of strings, each once.

    >>> from seqkit.data.labels.values import labels_of
    >>> from seqkit.data.sources.lines import Record
    >>> record = Record("train.tsv", 7, None, {"a": "1", "b": "0", "topic": "x|y"})
    >>> labels_of(record, ["a", "b"]), labels_of(record, "topic", "|")
    (['a'], ['x', 'y'])
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


def _value(record, column):
    if column not in record.values:
        found = ", ".join(map(repr, record.values))
        raise record.error(f"a column {column!r}", found, fix=FIX)
    return record.values[column]


def _name(record, column, value):
    """The name of a label: text without spaces around it, or a whole number."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, str) and value.strip():
        return text_of(record, {column: value.strip()}, column, FIX)
    raise record.error(f"a label in column {column!r}", brief(value))


def _is_on(record, column):
    value = _value(record, column)
    if isinstance(value, str | numbers.Real):
        name = value if isinstance(value, str) else f"{value:g}"
        if isinstance(value, bool):
            name = str(value)
        if (known := name.strip().lower()) in _ON_OR_OFF:
            return _ON_OR_OFF[known]
    raise record.error(f"0 or 1 in column {column!r}", brief(value))
