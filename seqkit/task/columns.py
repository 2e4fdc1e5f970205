"""Which column of a table `predict` reads."""

from collections.abc import Mapping
from typing import Any

from seqkit.errors import SeqkitError

OPTIONS = ("text", "column", "image", "tokens", "source")
"""Options that name the column of what goes in, and what loaders call it."""


def inputs_of(inputs: Any, config: Mapping[str, Any]) -> Any:
    """The inputs themselves, or the column of a table that a task reads."""
    columns = getattr(inputs, "column_names", getattr(inputs, "columns", None))
    if isinstance(inputs, Mapping):
        columns = None
    elif columns is None:
        return inputs
    names = [config[name] for name in OPTIONS if config.get(name) is not None]
    if columns is not None:
        columns = list(columns)
        names += [name for name in OPTIONS if name in config]
        if len(columns) == 1:
            names.append(columns[0])
        for name in names:
            if name in columns:
                return list(inputs[name])
    found = "a dictionary" if columns is None else f"a table with the columns {columns}"
    wanted = " or ".join(map(repr, dict.fromkeys(names))) or "text"
    raise SeqkitError(
        f"inputs: expected a list, or a table with a column {wanted}, found {found}. "
        "Give one column of it as a list"
    )
