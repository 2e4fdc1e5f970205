"""An HTTP server of trained tasks, with a page to try them.

It needs the extra `serve`: `pip install seqkit[serve]`.

>>> import seqkit
>>> dir(seqkit.serving)
['Limits', 'create_app', 'run']
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqkit.serving.app import create_app
    from seqkit.serving.limits import Limits
    from seqkit.serving.server import run

_PLACES = {"Limits": "limits", "create_app": "app", "run": "server"}

__all__ = ["Limits", "create_app", "run"]


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        place = importlib.import_module(f"seqkit.serving.{_PLACES[name]}")
        return getattr(place, name)
    raise AttributeError(f"module 'seqkit.serving' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
