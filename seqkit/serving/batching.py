"""Inputs of many requests, computed together."""

import asyncio
import dataclasses
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

from seqkit.errors import SeqkitError
from seqkit.serving.limits import Limits
from seqkit.serving.refusals import Refused

log = logging.getLogger("seqkit.serving")


@dataclasses.dataclass(eq=False)
class Job:
    """Inputs that are answered by one call, alone or with others."""

    inputs: Sequence[Any]
    size: int  # of the largest input, in characters
    options: Mapping[str, Any]
    answers: asyncio.Future
    since: float


class Batcher:
    """Gathers jobs with the same options, and runs them one batch after the other.

    Batches of different options take turns. While one is computed, the next one grows;
    otherwise a job waits for others for `max_wait` at most. Long inputs share a batch
    with fewer others, so that its memory is bounded.

    Args:
        run: From a list of inputs and options to a list of answers.
        executor: Where it runs.
        limits: `max_batch`, `max_wait`, `max_queue` and `max_text` are used.
        observe: Called with the number of inputs of each batch.
    """

    def __init__(
        self,
        run: Callable[[list, Mapping[str, Any]], list],
        executor: Executor,
        limits: Limits,
        observe: Callable[[int], Any] = lambda size: None,
    ):
        self._run, self._executor = run, executor
        self._limits, self._observe = limits, observe
        self._groups: OrderedDict[Hashable, deque[Job]] = OrderedDict()
        self._news = asyncio.Event()
        self._worker: asyncio.Task | None = None
        self.waiting = 0

    async def answer(
        self,
        inputs: Sequence[Any],
        sizes: Sequence[int],
        options: Mapping[str, Any],
        *,
        apart: bool = False,
    ) -> list[Any]:
        """An answer, or an exception, for each of some inputs.

        Args:
            inputs: What `run` takes.
            sizes: The characters of each input.
            options: Jobs are gathered with those of equal options.
            apart: Whether all inputs are one batch of their own, because answers depend
                on the numbers of their rows.

        Raises:
            Refused: The queue is full.
        """
        if not inputs:
            return []
        if self.waiting + len(inputs) > self._limits.max_queue:
            raise Refused(
                429,
                f"the queue is full: {self.waiting} inputs wait, and at most "
                f"{self._limits.max_queue} may. Try again in a moment",
            )
        jobs = [
            self._job([one], size, options)
            for one, size in zip(inputs, sizes, strict=True)
        ]
        if apart:
            jobs = [self._job(inputs, max(sizes), options)]
        for job in jobs:
            key = object() if apart else repr(sorted(options.items()))
            self._groups.setdefault(key, deque()).append(job)
            self.waiting += len(job.inputs)
        self._news.set()
        if self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(self._work())
        try:
            found = await asyncio.gather(*(job.answers for job in jobs))
        finally:
            for job in jobs:
                job.answers.cancel()  # nobody waits any more
        return [answer for answers in found for answer in answers]

    def _job(self, inputs: Sequence[Any], size: int, options: Mapping) -> Job:
        future = asyncio.get_running_loop().create_future()
        return Job(inputs, size, options, future, time.monotonic())

    async def _work(self) -> None:
        """Runs batches until nothing waits."""
        loop = asyncio.get_running_loop()
        self._news = asyncio.Event()  # a server may live through several loops
        try:
            while self._groups:
                key, group = next(iter(self._groups.items()))
                await self._gather(group)
                batch = self._take(key)
                if not batch:
                    continue
                self._observe(sum(len(job.inputs) for job in batch))
                try:
                    found = await loop.run_in_executor(
                        self._executor, self._answers, batch
                    )
                except RuntimeError as error:  # the executor was shut down
                    found = [[error] * len(job.inputs) for job in batch]
                for job, answers in zip(batch, found, strict=True):
                    if not job.answers.done():
                        job.answers.set_result(answers)
        finally:
            self._worker = None

    async def _gather(self, group: deque[Job]) -> None:
        """Waits until a group fills a batch, or its first job has waited enough."""
        until = group[0].since + self._limits.max_wait / 1000
        while len(group) < self._limits.max_batch:
            left = until - time.monotonic()
            if left <= 0:
                return
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), left)
            except TimeoutError:
                return

    def _take(self, key: Hashable) -> list[Job]:
        """The next batch of a group; what is left of it goes to the end."""
        group, batch, longest = self._groups.pop(key), [], 1
        # Rows are padded to the longest.
        most = max(2 * self._limits.max_text, self._limits.max_batch)
        while group and len(batch) < self._limits.max_batch:
            longest = max(longest, group[0].size)
            if batch and longest * (len(batch) + 1) > most:
                break
            job = group.popleft()
            self.waiting -= len(job.inputs)
            if not job.answers.done():  # its client is there
                batch.append(job)
        if group:
            self._groups[key] = group
        return batch

    def _answers(self, batch: list[Job]) -> list[list[Any]]:
        """The answers of each job; if a batch fails, each job is tried by itself."""
        inputs = [one for job in batch for one in job.inputs]
        try:
            found = list(self._run(inputs, batch[0].options))
            if len(found) != len(inputs):
                raise RuntimeError(f"{len(inputs)} inputs got {len(found)} answers")
        except Exception as error:
            if len(batch) > 1:
                return [self._answers([job])[0] for job in batch]
            if not isinstance(error, SeqkitError):
                log.exception("an input could not be answered")
            return [[error] * len(inputs)]
        answers = iter(found)
        return [[next(answers) for _ in job.inputs] for job in batch]
