"""Folders in the cache that are there as a whole or not at all."""

import hashlib
import json
import os
import shutil
import uuid
from pathlib import Path

import datasets


def key_of(*told):
    """Returns a short hash of what JSON can write."""
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()


def cache_folder(cache_dir=None):
    """Returns the folder to store in, by default inside that of `datasets`."""
    return Path(cache_dir or Path(datasets.config.HF_DATASETS_CACHE) / "seqkit")


def store(cache_dir, key, write):
    """Returns the folder `key` of the cache, made by `write(folder)` if it is missing.

    Without a key the folder is named after the content of its files. It appears under
    its name only when it is complete, so that neither a crash nor a second process can
    leave half of it.
    """
    cache_dir = cache_folder(cache_dir)
    if key is not None and (cache_dir / key).is_dir():
        return cache_dir / key
    writing = cache_dir / f"{uuid.uuid4().hex}.partial"
    writing.mkdir(parents=True)
    try:
        write(writing)
        key = key or _content_key(writing)
        try:
            os.rename(writing, cache_dir / key)
        except OSError:  # somebody else has just stored the same
            if not (cache_dir / key).is_dir():
                raise
    finally:
        shutil.rmtree(writing, ignore_errors=True)
    return cache_dir / key


def _content_key(folder):
    hashes = {}
    for path in sorted(folder.iterdir()):
        with open(path, "rb") as file:
            hashes[path.name] = hashlib.file_digest(file, "blake2b").hexdigest()
    return key_of(hashes)
