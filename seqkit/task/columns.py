"""Which column of a table `predict` reads."""

from collections.abc import Iterable, Mapping
from typing import Any

from seqkit.errors import SeqkitError
from seqkit.task.fields import Field

OPTIONS = ("audio", "text", "column", "image", "tokens", "source", "points")
"""Options that name the column of what goes in, and what loaders call it."""


def inputs_of(inputs: Any, config: Mapping[str, Any]) -> Any:
    """The inputs themselves, or the column of a table that a task reads."""
    columns = getattr(inputs, "column_names", getattr(inputs, "columns", None))
    if isinstance(inputs, Mapping):
        columns = None
    elif columns is None:
        return inputs
    if columns is not None:
        columns = list(columns)
        name = column_of(columns, config)
        if name is not None:
            return list(inputs[name])
    found = "a dictionary" if columns is None else f"a table with the columns {columns}"
    raise SeqkitError(
        f"inputs: expected a list, or a table with a column {wanted(config)}, found "
        f"{found}. Give one column of it as a list"
    )


def column_of(
    columns: Iterable[Any],
    config: Mapping[str, Any],
    fields: Mapping[str, Field] | None = None,
) -> Any:
    """The column among some that a task reads, or `None`; the only one is it too."""
    columns, fields = list(columns), fields or {}
    names = [*_given(config), *(name for name in OPTIONS if name in config)]
    names += [name for name, field in fields.items() if not field.target]
    if any(field.kind == "words" for field in fields.values()):
        names.append("text")  # which is split into words
    if len(columns) == 1:
        names.append(columns[0])
    return next((name for name in names if name in columns), None)


def wanted(config: Mapping[str, Any]) -> str:
    """The names that options give the column, for messages."""
    return " or ".join(map(repr, dict.fromkeys(_given(config)))) or "text"


def _given(config: Mapping[str, Any]) -> list[Any]:
    return [config[name] for name in OPTIONS if config.get(name) is not None]
