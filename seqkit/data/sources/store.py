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

from seqkit.data.annotations import FilePath


def key_of(*parts: Any) -> str:
    """Returns a short hash of values that JSON can hold."""
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def cache_folder(cache_dir: FilePath | None = None) -> Path:
    """Returns the folder to store in, by default inside that of `datasets`."""
    return Path(cache_dir or Path(config.HF_DATASETS_CACHE) / "seqkit")


def store(
    cache_dir: FilePath | None, key: str | None, write: Callable[[Path], None]
) -> Path:
    """Returns the folder `key` of the cache, made by `write(folder)` if it is missing.

    Without a key, the folder is named after the content of its files. It gets its name
    only when it is complete, so neither a crash nor a second process can leave half of
    it behind.
    """
    cache = cache_folder(cache_dir)
    if key is not None and (cache / key).is_dir():
        return cache / key
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
