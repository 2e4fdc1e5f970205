"""Sounds with their texts, from any dataset."""

import hashlib
import io
import os
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import datasets
import numpy as np

from seqkit.data.annotations import FilePath, Sample
from seqkit.data.sources.files import Layout, Part
from seqkit.data.sources.lines import Record, as_target, brief, text_of
from seqkit.data.sources.loader import Loader
from seqkit.data.sources.missing_splits import MissingSplits
from seqkit.data.sources.readers import readers_for
from seqkit.data.sources.splits import Splits, split_name
from seqkit.data.sources.store import cache_folder
from seqkit.data.sources.undecoded import undecoded
from seqkit.errors import DataError

_TEXT = datasets.Value("string")
_FEATURES = {"audio": _TEXT, "text": _TEXT}
_OTHER_NAMES = {
    "audio": ("file_name", "path", "file"),
    "text": ("sentence", "transcription", "transcript"),
}
_FIX = "Give audio= and text= as the data names them"


def load_speech(
    dataset: Any,
    *,
    audio: str = "audio",
    text: str = "text",
    audio_dir: FilePath | None = None,
    separator: str | None = None,
    header: bool | None = None,
    encoding: str = "utf-8",
    name: str | None = None,
    sample: Sample | None = None,
    on_error: str = "raise",
    validation_fraction: float | None = None,
    test_fraction: float = 0.0,
    seed: int = 0,
    cache_dir: FilePath | None = None,
) -> Splits:
    """Loads sounds and what is said in them from any dataset of `seqkit.data`.

    Its files are

    | files | split |
    |---|---|
    | `train/`, `validation/` … with `metadata.jsonl` (`.csv`) in each | by folder |
    | `metadata.jsonl` (`.csv`) | by the first folder of the sound's path, or train |
    | `train.csv`, `.tsv`, `.jsonl`, `.json`, `.parquet` | by file name |

    In lists, a row is a tuple (audio, text) or a dictionary. A sound is in a file a
    path, relative to that file's folder or to `audio_dir`; elsewhere also the bytes of
    a file, or a dictionary of `array` and `sampling_rate`. What is no file yet is
    written into the cache. Columns `Audio` of `datasets` are not decoded, so torchcodec
    is not needed.

    If there is no column with the default name, "file_name", "path" or "file" is used
    for "audio" and "sentence", "transcription" or "transcript" for "text".

    Args:
        dataset: See `seqkit.data`.
        audio, text: Columns of the sounds and of the texts.
        audio_dir: Folder that the paths of sounds are relative to.
        separator, header, encoding, name, sample, on_error: See `seqkit.data`. A row is
            bad if there is no such file or no text; whether it can be decoded shows
            when it is read.
        validation_fraction, test_fraction, seed, cache_dir: See there.

    Returns:
        `Splits` with the columns "audio", an absolute path, and "text".

    Raises:
        DataError: A bad row or argument.

    >>> import numpy as np, tempfile
    >>> from seqkit.data import load_speech
    >>> sound = {"array": np.zeros(800, "float32"), "sampling_rate": 8000}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     splits = load_speech({"test": [(sound, "silence")]}, cache_dir=folder)
    ...     splits["test"]["text"][:]
    ['silence']
    """
    if audio == text:
        raise DataError("two different columns", f"audio and text {audio!r}")
    folder = None if audio_dir is None else Path(audio_dir).expanduser()
    if folder is not None and not folder.is_dir():
        raise DataError("a folder", "none", where=f"audio_dir={str(folder)!r}")
    loader = Loader(dataset, encoding, name, sample, on_error, cache_dir)
    missing = MissingSplits(validation_fraction, test_fraction, seed, cache_dir)
    columns = audio, text
    readers = readers_for(loader.encoding, {}, separator, header)
    layout = Layout(columns, readers)
    origin, parts = _metadata(loader, columns, readers) or loader.find(layout)
    splits = loader.load(
        (origin, {split: undecoded(part) for split, part in parts.items()}),
        partial(_check, columns=columns, folder=folder, cache_dir=cache_dir),
        _FEATURES,
        key=["speech", audio, text, str(folder), separator, header],
    )
    return missing.add_to(splits, "audio", what="sounds")


def _metadata(loader, columns, readers) -> tuple[str, dict[str, Part]] | None:
    """The splits of a folder with one file of metadata, if it is such a folder."""
    if not isinstance(loader.dataset, str | os.PathLike):
        return None
    place = Path(loader.dataset).expanduser()
    files = [place / f"metadata.{ending}" for ending in readers]
    file = next((one for one in files if one.is_file()), None)
    if file is None:
        return None
    read = partial(readers[file.suffix[1:]], file, columns)

    def split_of(record: Any) -> str:
        if isinstance(record, DataError):
            return "train"
        value = record.values.get(_column(record, columns[0], "audio"))
        parts = Path(value).parts if isinstance(value, str) else ()
        return split_name(parts[0]) or "train" if len(parts) > 1 else "train"

    def of_split(split: str) -> Iterator[Any]:
        return (record for record in read() if split_of(record) == split)

    names = dict.fromkeys(split_of(record) for record in read())
    found: dict[str, Part] = {}
    for split in names or ("train",):
        reads: Any = partial(of_split, split)
        found[split] = Part(str(file), reads, (file,))
    return f"folder {place}", found


def _column(record: Record, column: str, default: str) -> str:
    """The column, or another usual name of the default one."""
    if column in record.values or column != default:
        return column
    others = (one for one in _OTHER_NAMES[default] if one in record.values)
    return next(others, column)


def _check(record, note, columns, folder, cache_dir):
    audio, text = (
        _column(record, column, default)
        for column, default in zip(columns, ("audio", "text"), strict=True)
    )
    for used, wanted in zip((audio, text), columns, strict=True):
        if used != wanted:
            note(f"{wanted} from the column {used!r}")
    if audio not in record.values:
        raise record.missing(audio, _FIX)
    path = _path(record, record.values[audio], folder, cache_dir)
    with as_target(record.values.get(text)):
        found = text_of(record, record.values, text, _FIX)
        if not found.strip():
            raise record.error(f"text in column {text!r}", brief(found))
    return {"audio": path, "text": found}


def _path(record: Record, value: Any, folder: Path | None, cache_dir: Any) -> str:
    """The absolute path of a sound, which is stored if it is no file yet."""
    if isinstance(value, dict) and "array" in value:
        return _store(_as_wav(record, value), cache_dir)
    if isinstance(value, dict) and value.keys() >= {"bytes", "path"}:
        value = value["path"] if value["bytes"] is None else value["bytes"]
    if isinstance(value, bytes | bytearray | memoryview) and len(value):
        return _store(bytes(value), cache_dir)
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        expected = "a path, the bytes of a file, or array and sampling_rate"
        raise record.error(f"{expected} in column of sounds", brief(value))
    beside = Path(record.where).parent if Path(record.where).is_file() else Path()
    path = os.path.abspath(os.path.join(folder or beside, os.fspath(value)))
    if not os.path.isfile(path):
        fix = "Sounds are looked for beside the file: audio_dir= names another folder"
        raise record.error(
            "a sound file", f"no file {path}", fix=None if folder else fix
        )
    return path


def _as_wav(record: Record, value: dict) -> bytes:
    import soundfile

    from seqkit.data.speech.reading import read_audio

    samples = read_audio(value["array"], where=record.where)
    rate = value.get("sampling_rate")
    if not isinstance(rate, int | np.integer) or rate < 1:
        raise record.error("a sampling_rate with the array", brief(rate))
    file = io.BytesIO()
    soundfile.write(file, samples, int(rate), format="WAV", subtype="FLOAT")
    return file.getvalue()


def _store(content: bytes, cache_dir: Any) -> str:
    """Writes a sound under the hash of its bytes, unless it is there already."""
    name = hashlib.blake2b(content, digest_size=16).hexdigest()
    place = cache_folder(cache_dir).absolute() / "sounds" / name[:2]
    path = place / name
    if not path.exists():
        place.mkdir(parents=True, exist_ok=True)
        beside = place / f"{uuid.uuid4().hex}.partial"
        beside.write_bytes(content)
        os.replace(beside, path)
    return str(path)
