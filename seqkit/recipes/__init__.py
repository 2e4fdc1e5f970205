"""Recipes: whole tasks, each a short file.

>>> import seqkit
>>> dir(seqkit.recipes)
['captioning', 'forecasting', 'language_modeling', 'pointing', 'sentiment',
 'speech', 'summarization', 'tagging', 'translation']
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqkit.recipes import (
        captioning,
        forecasting,
        language_modeling,
        pointing,
        sentiment,
        speech,
        summarization,
        tagging,
        translation,
    )

__all__ = [
    "captioning",
    "forecasting",
    "language_modeling",
    "pointing",
    "sentiment",
    "speech",
    "summarization",
    "tagging",
    "translation",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"seqkit.recipes.{name}")
    raise AttributeError(f"module 'seqkit.recipes' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
