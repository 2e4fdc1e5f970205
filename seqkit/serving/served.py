"""A model that is served, in a thread of its own, where all its work is done."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from seqkit.serving.limits import Limits
from seqkit.serving.metrics import Metrics
from seqkit.serving.refusals import Refused
from seqkit.serving.signatures import Function, functions_in


class Served:
    """A model that answers in TensorFlow Serving's form.

    Args:
        name: What requests call it.
        limits: The limits of the server.
        metrics: What the server counts.

    Attributes:
        version: The number of its export, or how often it has been loaded.
    """

    version = 1

    def __init__(self, name: str, limits: Limits, metrics: Metrics):
        self.name, self.limits, self.metrics = name, limits, metrics
        self.executor = ThreadPoolExecutor(1, thread_name_prefix=f"seqkit-{name}")

    @property
    def functions(self) -> Mapping[str, Function]:
        """Its signatures by name."""
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        """What a page has to know to offer the model."""
        raise NotImplementedError

    def warm_up(self) -> None:
        """Makes the first answer as quick as later ones."""

    async def work(self, function: Callable, *arguments: Any) -> Any:
        """What a function returns, called in the thread of the model."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.executor, function, *arguments)


class ServedModel(Served):
    """An exported SavedModel, served without seqkit's task."""

    def __init__(self, name: str, folder: Path, limits: Limits, metrics: Metrics):
        super().__init__(name, limits, metrics)
        self._functions = functions_in(folder)

    @property
    def functions(self):
        return self._functions

    def describe(self):
        return {"title": "An exported model", "input": "json", "streams": False}

    def refuse(self) -> Refused:
        """The error for what only a task can do."""
        return Refused(
            404,
            f"{self.name} is an exported model, which answers in TensorFlow Serving's "
            f"form: POST /v1/models/{self.name}:predict",
        )
