"""The cache: folders that exist as a whole or not at all."""

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import datasets
from datasets import config
from filelock import FileLock

from seqkit.data.annotations import FilePath


def key_of(*parts: Any) -> str:
    """Returns a short hash of values that JSON can hold."""
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def cache_folder(cache_dir: FilePath | None = None) -> Path:
    """Returns the folder to store in, by default inside that of `datasets`."""
    return Path(cache_dir or Path(config.HF_DATASETS_CACHE) / "seqkit")


@contextlib.contextmanager
def written_once(path: Path) -> Iterator[None]:
    """Context in which no other process is that is to write the same path.

    It is for those on one machine, or that see one folder. Who waited finds what the
    first one wrote, or writes it after a first one that failed.
    """
    if path.exists():
        yield
        return
    locks = path.parent / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / path.name, is_singleton=True):
        yield


def store(
    cache_dir: FilePath | None, key: str | None, write: Callable[[Path], None]
) -> Path:
    """Returns the folder `key` of the cache, made by `write(folder)` if it is missing.

    Of several processes that need the same, one writes and the others wait. Without a
    key each writes, and the folder is named after the content of its files. It gets its
    name only when it is complete, so that a crash leaves no half of it.
    """
    cache = cache_folder(cache_dir)
    if key is None:
        return _stored(cache, None, write)
    with written_once(cache / key):
        if (cache / key).is_dir():
            return cache / key
        return _stored(cache, key, write)


def _stored(cache: Path, key: str | None, write: Callable[[Path], None]) -> Path:
    writing = cache / f"{uuid.uuid4().hex}.partial"
    writing.mkdir(parents=True)
    try:
        write(writing)
        key = key or _content_key(writing)
        try:
            os.rename(writing, cache / key)
        except OSError:  # another process has just stored the same
            if not (cache / key).is_dir():
                raise
    finally:
        shutil.rmtree(writing, ignore_errors=True)
    return cache / key


def _content_key(folder: Path) -> str:
    hashes = {}
    for path in sorted(folder.iterdir()):
        with open(path, "rb") as file:
            hashes[path.name] = hashlib.file_digest(file, "blake2b").hexdigest()
    return key_of(hashes)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Context in which `datasets` draws no progress bars."""
    shown = not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            datasets.enable_progress_bars()
