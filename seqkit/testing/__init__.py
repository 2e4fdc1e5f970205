"""Checks for layers and recipes, those of seqkit and those of other packages.

They use plain assertions, so any test runner can call them.
"""

import importlib
from typing import Any

# Imported when first used: a recipe's check needs none of a layer's.
_PLACES = {"check_layer": "seqkit.testing.layers"}

__all__ = ["check_layer"]


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'seqkit.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
