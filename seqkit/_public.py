"""What `dir()` of a room lists."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any


def public(namespace: Mapping[str, Any]) -> list[str]:
    """Returns the public names of a namespace, without modules."""
    return sorted(
        name
        for name, value in namespace.items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    )
