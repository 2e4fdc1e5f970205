"""Sounds of any kind as samples of one channel."""

import io
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from seqkit.errors import DataError, SeqkitError

_INSTALL = "pip install 'seqkit[speech]'"


def read_audio(
    source: Any, sampling_rate: int | None = None, *, where: Any = None
) -> np.ndarray:
    """Reads a sound as one channel of samples, at a given rate.

    Channels are averaged; another rate is changed by a polyphase filter
    (`scipy.signal.resample_poly`).

    Args:
        source: The path or the bytes of a WAV or FLAC file, or another one that
            soundfile reads, of any rate and number of channels; or samples at
            `sampling_rate`, `[N]` or `[N, channels]`, floats from -1 to 1 or whole
            numbers; or a dictionary of `array` and its own `sampling_rate`, as
            `datasets` has them.
        sampling_rate: Samples per second of the result; by default those of the file.
        where: The name of the sound in messages; by default its path.

    Returns:
        Float32 `[N]`.

    Raises:
        DataError: There is no such file, it is no sound or damaged, or it has no
            samples.
        SeqkitError: soundfile is not installed.

    >>> import numpy as np
    >>> from seqkit.data import read_audio
    >>> read_audio({"array": np.zeros((8, 2)), "sampling_rate": 8000}, 16000).shape
    (16,)
    """
    if where is None:
        where = source if isinstance(source, str | os.PathLike) else "a sound"
    rate = sampling_rate
    if isinstance(source, Mapping) and "array" in source:
        samples, rate = source["array"], source.get("sampling_rate", rate)
    elif isinstance(source, Mapping):
        source = source.get("bytes") or source.get("path")
        samples, rate = _decoded(source, where)
    elif isinstance(source, np.ndarray | list | tuple):
        samples = source
    else:
        samples, rate = _decoded(source, where)
    samples = _one_channel(samples, where)
    if sampling_rate is None or rate in (None, sampling_rate):
        return samples
    return _resampled(samples, int(rate), sampling_rate)


def _decoded(source, where):
    try:
        import soundfile
    except ImportError as error:
        raise SeqkitError(
            f"reading sound: expected the package soundfile, found {error}. Install "
            f"it: {_INSTALL}"
        ) from error
    if isinstance(source, bytes | bytearray | memoryview):
        file: Any = io.BytesIO(source)
    elif isinstance(source, str | os.PathLike):
        file = os.fspath(source)
    else:
        raise DataError(
            "a path, the bytes of a file, or samples",
            type(source).__name__,
            where=where,
        )
    try:
        return soundfile.read(file, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError, ValueError, TypeError) as error:
        raise DataError(
            "a readable sound (WAV, FLAC, …)", _fault(source, error), where=where
        ) from error


def _fault(source, error):
    """What is wrong, in words."""
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if not path.is_file():
            return "a folder" if path.is_dir() else "no such file"
        size = path.stat().st_size
    else:
        size = len(source)
    if not size:
        return "an empty file"
    reason = getattr(error, "error_string", None) or str(error)
    return f"a file that cannot be decoded ({reason.strip().rstrip('.')})"


def _one_channel(samples, where):
    try:
        array = np.asarray(samples)
        if array.dtype.kind in "iu":
            if array.dtype.kind == "u":
                raise ValueError("whole numbers without a sign")
            array = array / (np.iinfo(array.dtype).max + 1.0)
        array = array.astype(np.float32)
    except (TypeError, ValueError) as error:
        raise DataError("samples of sound, numbers", str(error), where=where) from error
    if array.ndim == 2:
        array = array.mean(axis=1, dtype=np.float32)
    if array.ndim != 1:
        found = f"an array of the shape {list(array.shape)}"
        raise DataError("samples [N] or [N, channels]", found, where=where)
    if not array.size:
        raise DataError("sound", "no samples", where=where)
    if not np.isfinite(array).all():
        raise DataError("samples that are numbers", "NaN or infinity", where=where)
    return array


def _resampled(samples, rate, wanted):
    from scipy.signal import resample_poly

    divisor = math.gcd(rate, wanted)
    found = resample_poly(samples, wanted // divisor, rate // divisor)
    return found.astype(np.float32)


def rate_of(path: str) -> int:
    """Samples per second of a file; a `DataError` if it cannot be read."""
    import soundfile

    try:
        return int(soundfile.info(path).samplerate)
    except (soundfile.SoundFileError, OSError) as error:
        raise DataError(
            "a readable sound (WAV, FLAC, …)", _fault(path, error), where=path
        ) from error
