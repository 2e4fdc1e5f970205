"""The models of a server by name, and how they are loaded anew."""

import asyncio
import logging
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from seqkit.errors import ArgumentError, SeqkitError
from seqkit.serving.limits import Limits
from seqkit.serving.metrics import Metrics
from seqkit.serving.refusals import Refused
from seqkit.serving.served import Served, ServedModel
from seqkit.serving.served_task import ServedTask
from seqkit.task import Task, load

log = logging.getLogger("seqkit.serving")

Source = str | os.PathLike[str] | Task


class Models(Mapping[str, Served]):
    """What a server serves, by name; the first is the one for `/predict`.

    Requests hold on to the model that they began with, so that none is lost when
    another takes its place.

    Args:
        sources: Name to a folder that `save` or `export` wrote, or to a task.
        limits: The limits of the server.
        metrics: What the server counts.
        recipe: The class of the tasks, if it is not registered.

    Raises:
        ArgumentError: Names and folders that are wrong, all of them together.
    """

    closing = False

    def __init__(
        self,
        sources: Mapping[str, Source],
        limits: Limits,
        metrics: Metrics,
        recipe: type[Task] | None = None,
    ):
        self._sources, self._limits = dict(sources), limits
        self._metrics, self._recipe = metrics, recipe
        self._check()
        self._served = {name: self._load(name) for name in self._sources}
        self._locks = {name: asyncio.Lock() for name in self._sources}

    def __getitem__(self, name: str) -> Served:
        if name not in self._served:
            raise Refused(
                404, f"there is no model {name[:80]!r}; there are: {', '.join(self)}"
            )
        return self._served[name]

    def __contains__(self, name: object) -> bool:
        return name in self._served

    def __iter__(self) -> Iterator[str]:
        return iter(self._served)

    def __len__(self) -> int:
        return len(self._served)

    def _check(self) -> None:
        problems = [
            f"{name}: expected a name of letters, digits and . _ -, found {name!r}"
            for name in self._sources
            if not re.fullmatch(r"[\w.-]+", name, re.ASCII)
        ]
        for source in self._sources.values():
            try:
                place_of(source)
            except SeqkitError as error:
                problems.append(str(error))
        if not self._sources:
            problems.append("models: expected at least one, found none")
        if problems:
            raise ArgumentError(problems)

    def _load(self, name: str, times: int = 1) -> Served:
        source, more = self._sources[name], (self._limits, self._metrics)
        if isinstance(source, Task):
            served: Served = ServedTask(name, source, *more)
        elif (folder := place_of(source)).name == "task.json":
            task = load(folder.parent, recipe=self._recipe)
            served = ServedTask(name, task, *more)
        else:
            served = ServedModel(name, folder.parent, *more)
            number = folder.parent.name
            times = int(number) if number.isdecimal() else times
        served.version = times
        served.executor.submit(served.warm_up).result()
        self._metrics.loads.labels(name, "loaded").inc()
        return served

    async def reload(self, name: str) -> Served:
        """Loads a model again, and puts it in the place of the one before.

        The one before answers meanwhile, and what it has begun; if the new one cannot
        be loaded, it stays.

        Raises:
            Refused: There is no such model, or it cannot be loaded.
        """
        before = self[name]
        if isinstance(self._sources[name], Task):
            raise Refused(409, f"{name} was not loaded from a folder")
        async with self._locks[name]:
            times = self._served[name].version + 1
            try:
                found = await asyncio.to_thread(self._load, name, times)
            except Exception:
                log.exception("%s could not be loaded; the one before stays", name)
                self._metrics.loads.labels(name, "failed").inc()
                raise Refused(
                    409,
                    f"{name} could not be loaded, so version {before.version} stays; "
                    "the log of the server has the reason",
                ) from None
            self._served[name] = found
        log.warning("%s: version %s is served", name, found.version)
        return found

    async def reload_all(self) -> None:
        """Loads all models again that came from folders."""
        for name, source in self._sources.items():
            if not isinstance(source, Task):
                try:
                    await self.reload(name)
                except Refused:
                    pass  # which was logged

    async def watch(self, seconds: float = 1.0) -> None:
        """Loads a model again whenever its folder has changed, for ever."""
        known = {name: _mark(source) for name, source in self._sources.items()}
        while True:
            await asyncio.sleep(seconds)
            for name, source in self._sources.items():
                mark = _mark(source)
                if mark is not None and mark != known[name]:
                    known[name] = mark
                    try:
                        await self.reload(name)
                    except Refused:
                        pass  # which was logged


def place_of(source: Source) -> Path:
    """The file that tells what is in a folder: `task.json`, or `saved_model.pb`.

    Of a folder with numbered versions of an export it is that of the last one.

    Raises:
        SeqkitError: There is neither.
    """
    if isinstance(source, Task):
        return Path()
    folder = Path(source)
    for file in ("task.json", "saved_model.pb"):
        if (folder / file).is_file():
            return folder / file
    versions = [
        (int(file.parent.name), file)
        for file in folder.glob("*/saved_model.pb")
        if file.parent.name.isdecimal()
    ]
    if versions:
        return max(versions)[1]
    found = "neither of them in it" if folder.is_dir() else "no such folder"
    raise SeqkitError(
        f"{source}: expected a folder with task.json, which `train` writes, or with "
        f"saved_model.pb, which `export` writes, found {found}"
    )


def _mark(source: Source) -> tuple | None:
    """What changes when a folder is written again; `None` while it is not there."""
    if isinstance(source, Task):
        return None
    try:
        file = place_of(source)
        found = file.stat()
    except (SeqkitError, OSError):
        return None
    return file, found.st_ino, found.st_mtime_ns, found.st_size
