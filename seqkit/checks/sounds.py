"""Sounds that cannot be read."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from seqkit.checks.examples import Examples
from seqkit.checks.findings import Finding
from seqkit.checks.lengths import quantiles
from seqkit.errors import DataError


def sounds(examples: Examples) -> Iterator[Finding]:
    """Reads every sound: those that are damaged, and how long the others are."""
    stops = examples.options.get("on_error", "raise") == "raise"
    for column in examples.columns("audio"):
        for split in examples.splits:
            _, seconds, errors = _read(examples, split, column)
            total = len(seconds)
            yield Finding(
                f"{split}: {len(errors):,} of {total:,} sounds cannot be read",
                "fail" if errors and stops else "warn" if errors else "pass",
                len(errors),
                examples.places(split, errors, errors.__getitem__),
            )
            good = seconds[seconds > 0]
            if len(good):
                milliseconds = quantiles(np.round(1000 * good).astype(int))
                middle, least, most = (
                    milliseconds[name] / 1000 for name in ("median", "min", "max")
                )
                yield Finding(
                    f"{split}: {good.sum() / 60:.1f} minutes; seconds of a sound in "
                    f"the middle {middle:.1f} (from {least:.1f} to {most:.1f})",
                    figures={"split": split, "milliseconds": milliseconds},
                )


def sound_hashes(examples: Examples, split: str, column: str) -> np.ndarray:
    """A hash of 8 bytes of each sound's file `[N]`."""
    return _read(examples, split, column)[0]


def _read(examples: Examples, split: str, column: str):
    """Hashes `[N]`, seconds `[N]`, and row to what is wrong."""
    from seqkit.data import read_audio
    from seqkit.data.speech.reading import rate_of

    def look(path: str) -> tuple[int, float, str]:
        digest, seconds, error = b"", 0.0, ""
        try:
            content = Path(path).read_bytes()
            digest = hashlib.blake2b(content, digest_size=8).digest()
            seconds = len(read_audio(content, where=path)) / rate_of(path)
        except OSError as found:
            error = f"{path}: {found.strerror}"
        except DataError as found:
            error = f"{path}: {found.found}"
        return int.from_bytes(digest, "little"), seconds, error

    def read():
        hashes, seconds, errors = [], [], {}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _, (paths,) in examples.batches(split, column):
                for digest, length, error in pool.map(look, paths.to_pylist()):
                    if error:
                        errors[len(hashes)] = error
                    hashes.append(digest)
                    seconds.append(length)
        return np.array(hashes, np.uint64), np.array(seconds), errors

    return examples.once(("sounds", split, column), read)
