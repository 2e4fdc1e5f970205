"""The samples of many sounds, read once and mapped into memory."""

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from seqkit.data.annotations import FilePath
from seqkit.data.sources.store import key_of, store
from seqkit.data.speech.reading import read_audio
from seqkit.errors import DataError

_VERSION = 1  # of what is written here and of how sounds are read
_AT_ONCE = 64


class Recordings:
    """The samples of N sounds at one rate; those that cannot be read have none.

    Args:
        samples: Float32, those of all sounds, one after the other.
        offsets: Integers `[N + 1]`, where each begins, and where the last ends.
        errors: Row to what is wrong with its file.

    Attributes:
        lengths: Samples of each `[N]`.
    """

    def __init__(
        self,
        samples: np.ndarray,
        offsets: np.ndarray,
        errors: dict[int, DataError] | None = None,
    ):
        self._samples, self._offsets = samples, offsets
        self.errors = dict(errors or {})
        self.lengths = np.diff(offsets)

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, row: int) -> np.ndarray:
        """The samples of a sound."""
        return np.asarray(self._samples[self._offsets[row] : self._offsets[row + 1]])

    def summary(self) -> str:
        """How many sounds could not be read, and the first messages; or `""`."""
        if not self.errors:
            return ""
        lines = [f"{len(self.errors):,} of {len(self):,} sounds left out, first"]
        return "\n".join(lines + [f"  {one}" for one in list(self.errors.values())[:5]])

    @classmethod
    def make(
        cls,
        paths: Sequence[str],
        sampling_rate: int,
        *,
        on_error: str = "raise",
        cache_dir: FilePath | None = None,
    ) -> "Recordings":
        """Reads sounds, or maps what was read before.

        Args:
            paths: Their files.
            sampling_rate: Samples per second that all get.
            on_error: `"raise"`, or `"skip"` for none of those that cannot be read.
            cache_dir: Folder for the samples, by default inside that of `datasets`.

        Raises:
            DataError: A file cannot be read, or with `"skip"` none can.
        """
        paths = [os.fspath(path) for path in paths]
        key = key_of("recordings", _VERSION, sampling_rate, list(map(_state, paths)))
        folder = store(cache_dir, key, partial(_write, paths, sampling_rate))
        told = json.loads((folder / "errors.json").read_text("utf-8"))
        errors = {
            int(row): DataError(expected, found, where=paths[int(row)], row=int(row))
            for row, (expected, found) in told.items()
        }
        if errors and (on_error == "raise" or len(errors) == len(paths)):
            first = errors[min(errors)]
            raise DataError(
                first.expected,
                first.found,
                where=first.where,
                row=first.row,
                fix=f"{len(errors):,} of {len(paths):,} sounds cannot be read. Repair "
                'or remove them, or leave them out with on_error="skip"',
            )
        offsets = np.fromfile(folder / "offsets.bin", "<i8")
        samples = np.zeros(0, "<f4")
        if offsets[-1]:
            samples = np.memmap(folder / "samples.bin", "<f4", mode="r")
        return cls(samples, offsets, errors)


def _state(path: str) -> list[Any]:
    try:
        stat = os.stat(path)
        return [path, stat.st_size, stat.st_mtime_ns]
    except OSError:
        return [path, None, None]


def _write(paths: list[str], sampling_rate: int, folder: Path) -> None:
    def read(path: str) -> Any:
        try:
            return read_audio(path, sampling_rate)
        except DataError as error:
            return error

    end, offsets, errors = 0, [0], {}
    with open(folder / "samples.bin", "wb") as file, ThreadPoolExecutor() as pool:
        for first in range(0, len(paths), _AT_ONCE):
            found = pool.map(read, paths[first : first + _AT_ONCE])
            for row, samples in enumerate(found, start=first):
                if isinstance(samples, DataError):
                    errors[row] = [str(samples.expected), str(samples.found)]
                else:
                    samples.astype("<f4").tofile(file)
                    end += len(samples)
                offsets.append(end)
    np.array(offsets, "<i8").tofile(folder / "offsets.bin")
    (folder / "errors.json").write_text(json.dumps(errors), "utf-8")
