"""Names in place of the integers that datasets store classes as."""

from collections.abc import Mapping
from typing import Any

import datasets


def class_names(features: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """Returns column name to class names, for columns of classes or lists of them."""
    found = {}
    for column, feature in (features or {}).items():
        feature = getattr(feature, "feature", feature)  # of a list
        if isinstance(feature, datasets.ClassLabel):
            found[column] = feature.names
    return found


def name_classes(
    values: dict[str, Any], classes: Mapping[str, list[str]]
) -> dict[str, Any]:
    """Returns a row with names for its classes; what has no name stays as it is."""
    named = {
        column: _named(values[column], names)
        for column, names in classes.items()
        if column in values
    }
    return values | named if named else values


def _named(value: Any, names: list[str]) -> Any:
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else value
