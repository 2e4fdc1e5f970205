"""Sequence tasks in a few lines of Keras.

Rooms and recipes are imported when they are first used, so that `import seqkit`
is quick and imports neither Keras nor TensorFlow.

Example:

>>> import seqkit
>>> seqkit.recipes.__name__
'seqkit.recipes'
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_ROOMS = (
    "data",
    "decoding",
    "errors",
    "export",
    "inference",
    "inspect",
    "layers",
    "metrics",
    "models",
    "options",
    "recipes",
    "results",
    "samples",
    "task",
    "testing",
    "tokenizers",
    "training",
)
_TASK = ("Task", "asset", "load", "recipe")

__all__ = [*_ROOMS, *_TASK, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"seqkit.{name}")
    if name in _TASK:
        return getattr(importlib.import_module("seqkit.task"), name)
    raise AttributeError(f"module 'seqkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
