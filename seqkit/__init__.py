"""Sequence tasks in a few lines of Keras.

Rooms and recipes are imported when they are first used, so that `import seqkit`
is quick and imports neither Keras nor TensorFlow. Once Keras is imported, before or
after, `keras.saving.load_model` knows seqkit's classes.

>>> import seqkit
>>> seqkit.recipes.__name__
'seqkit.recipes'
"""

import importlib
import os
import sys
from typing import Any

import wrapt

__version__ = "0.1.0"

_ROOMS = (
    "checks",
    "data",
    "decoding",
    "distribution",
    "drafts",
    "errors",
    "export",
    "inference",
    "inspect",
    "layers",
    "metrics",
    "models",
    "options",
    "recipes",
    "reports",
    "results",
    "samples",
    "serving",
    "task",
    "testing",
    "tokenizers",
    "training",
    "tuning",
)
_WITH_CLASSES = ("layers", "metrics", "models", "training")
"""The rooms whose classes are named in a `.keras` file."""
_TASK = ("Task", "asset", "compare", "distribute", "load", "recipe")
_TUNING = ("tune",)

__all__ = [*_ROOMS, *_TASK, *_TUNING, "__version__", "load_model"]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        room = importlib.import_module(f"seqkit.{name}")
        if "keras" in sys.modules:
            _register_classes()
        return room
    if name in _TASK:
        return getattr(importlib.import_module("seqkit.task"), name)
    if name in _TUNING:
        return getattr(importlib.import_module("seqkit.tuning"), name)
    raise AttributeError(f"module 'seqkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def load_model(path: str | os.PathLike[str], **options: Any) -> Any:
    """Loads a Keras model, with layers of seqkit in it or not.

    Args:
        path: A `.keras` file, such as `model.keras` in the folder of a saved task;
            `load` loads that folder whole.
        options: Further arguments of `keras.saving.load_model`.

    Returns:
        The `keras.Model`.
    """
    _register_classes()
    import keras

    return keras.saving.load_model(path, **options)


def _register_classes(module: Any = None) -> None:
    """Imports the classes, unless this is while another room of seqkit is imported."""
    loaded = (sys.modules.get(f"seqkit.{room}") for room in _ROOMS)
    if not any(
        getattr(room.__spec__, "_initializing", False)
        for room in loaded
        if room not in (None, module)
    ):
        for room in _WITH_CLASSES:
            importlib.import_module(f"seqkit.{room}")


# At once if Keras is imported already, otherwise after it is.
wrapt.register_post_import_hook(_register_classes, "keras")
for _room in _WITH_CLASSES:  # by `from seqkit.layers import LSTM` too
    wrapt.register_post_import_hook(_register_classes, f"seqkit.{_room}")
