"""A task that is served: its batches, its streams."""

import inspect
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from starlette.concurrency import run_in_threadpool

from seqkit.errors import SeqkitError
from seqkit.registry import accepted
from seqkit.serving.batching import Batcher
from seqkit.serving.inputs import KINDS, Kind, kind_of
from seqkit.serving.limits import Limits
from seqkit.serving.metrics import Metrics
from seqkit.serving.refusals import Refused
from seqkit.serving.requests import request_of
from seqkit.serving.served import Served
from seqkit.serving.signatures import Function, functions_of
from seqkit.task import Task


class ServedTask(Served):
    """A `seqkit.Task` that is served."""

    def __init__(self, name: str, task: Any, limits: Limits, metrics: Metrics):
        super().__init__(name, limits, metrics)
        self.task, self.streaming = task, 0
        self.kind: Kind = KINDS[kind_of(task)]
        self.request = request_of(task.Predict, limits)
        self.batcher = Batcher(
            task.answer, self.executor, limits, metrics.batches.labels(name).observe
        )
        gauges = metrics.waiting.labels(name), metrics.streams.labels(name)
        gauges[0].set_function(lambda: self.batcher.waiting)
        gauges[1].set_function(lambda: self.streaming)

    def describe(self):
        doc = inspect.getdoc(type(self.task)) or self.task.recipe
        return {
            "recipe": self.task.recipe,
            "title": doc.partition("\n")[0],
            "input": kind_of(self.task),
            "streams": bool(self.stream_options),
        }

    @property
    def options(self) -> list[str]:
        """The options that a request may have."""
        return list(self.task.Predict.model_fields)

    @cached_property
    def stream_options(self) -> list[str]:
        """Those that a stream takes; none if the task does not stream."""
        stream = getattr(self.task, "stream", None)
        known = self.task.Predict.model_fields
        return [] if stream is None else list(accepted(stream, dict(known)))

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """The signatures that an export of the task would have."""
        return functions_of(self.task)

    def warm_up(self):
        try:
            self.task.answer([self.task.read_input(self.kind.blank())], {})
        except SeqkitError:
            pass  # the recipe takes other inputs

    async def read(self, inputs: Sequence[Any]) -> list[Any]:
        """Each input as the task takes it, or the error that it is."""

        def read():
            found = []
            for one in inputs:
                try:
                    found.append(self.task.read_input(self.kind.read(one, self.limits)))
                except Exception as error:
                    found.append(error)
            return found

        if self.kind.slow or type(self.task).read_input is not Task.read_input:
            return await run_in_threadpool(read)
        return read()

    async def predict(self, inputs: Sequence[Any], options: dict[str, Any]) -> list:
        """An answer, or an exception, for each input as a request carries it."""
        read = await self.read(inputs)
        good = [one for one in read if not isinstance(one, Exception)]
        found = await self.batcher.answer(
            good,
            [self._size(one) for one in good],
            options,
            apart=getattr(self.task.Predict.settle(options), "draws", False),
        )
        answers = iter(found)
        both = [one if isinstance(one, Exception) else next(answers) for one in read]
        bad = sum(isinstance(one, Exception) for one in both)
        self.metrics.inputs.labels(self.name, "answered").inc(len(both) - bad)
        self.metrics.inputs.labels(self.name, "refused").inc(bad)
        return both

    def _size(self, one: Any) -> int:
        return self.kind.size(one) if isinstance(one, str | list) else 1

    async def explain(self, one: Any, options: dict[str, Any]) -> dict[str, Any]:
        """An input's answer with its view."""
        return await self.alone(lambda read: self.task.explain(read, **options), one)

    async def alone(self, function: Callable, one: Any) -> Any:
        """What a function makes of an input in the thread of the task."""
        (read,) = await self.read([one])
        if isinstance(read, Exception):
            raise read
        return await self.work(function, read)

    async def stream(self, one: Any, options: dict[str, Any]) -> AsyncIterator[str]:
        """The pieces of a text, each as soon as it is written.

        Raises:
            Refused: The task does not stream, or too many texts are streamed.
        """
        if not self.stream_options:
            raise Refused(422, f"{self.name} does not stream; ask predict instead")
        if self.streaming >= self.limits.max_streams:
            raise Refused(
                429,
                f"{self.limits.max_streams} texts are being streamed, and no more may. "
                "Try again in a moment",
            )
        self.streaming += 1
        try:
            options = {name: options[name] for name in self.stream_options}
            pieces = await self.alone(
                lambda read: iter(self.task.stream(read, **options)), one
            )
        except BaseException:
            self.streaming -= 1
            raise
        return self._pieces(pieces)

    async def _pieces(self, pieces: Any) -> AsyncIterator[str]:
        # If the client leaves, this generator is closed and nothing more is computed.
        try:
            while (piece := await self.work(next, pieces, None)) is not None:
                self.metrics.pieces.labels(self.name).inc()
                yield piece
        finally:
            self.streaming -= 1
