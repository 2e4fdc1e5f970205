"""Checks for layers and recipes of any package, by plain assertions."""

import importlib
from typing import Any

_PLACES = {
    "RecipeChecks": "recipes",
    "check_layer": "layers",
    "check_recipe": "recipes",
}

__all__ = ["RecipeChecks", "check_layer", "check_recipe"]  # noqa: F822


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        place = importlib.import_module(f"seqkit.testing.{_PLACES[name]}")
        return getattr(place, name)
    raise AttributeError(f"module 'seqkit.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
