"""Reading the files of a saved task, which may be damaged, edited or hostile."""

import contextlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pydantic

from seqkit.errors import FileError, SeqkitError
from seqkit.options.option import Count, option
from seqkit.options.options import Options, brief

MOST_LAYERS = 4096
"""Layers, heads and the like of a saved model; more would take hours to build."""
LARGEST = 10**6
"""The largest size in a saved model whose weights are fewer bytes than that."""

_ANY_NUMBER = ("seed", "_id")


class Document(Options):
    """What `task.json` holds."""

    model_config = pydantic.ConfigDict(extra="ignore", allow_inf_nan=True)

    title: ClassVar[str] = "task.json"

    format_version: Count = option(None)
    recipe: str = option(None)
    config: dict[str, Any] = option(None)
    splits: dict[str, int] = option({})
    history: dict[str, list[float]] = option({})
    results: dict[str, dict[str, Any]] = option({})
    files: list[str] = option([])


@contextlib.contextmanager
def reading(file: Path) -> Iterator[None]:
    """Context in which a file of a saved task is read; errors name the file."""
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise SeqkitError(f"{file}: expected a file, found a pipe or a device")
    try:
        yield
    except SeqkitError as error:
        if str(file) in str(error):
            raise
        raise SeqkitError(f"{file}: {error}") from error
    except PermissionError as error:
        raise FileError(error) from error
    except Exception as error:
        # A damaged file can end in anything: its reader trusts what it holds.
        found = " ".join(brief(str(error) or type(error).__name__, 200).split())
        raise SeqkitError(
            f"{file}: expected a file that save wrote, found one that is damaged or of "
            f"another kind ({found})"
        ) from error


def check_sizes(file: Path) -> None:
    """Refuses a saved model whose sizes its weights cannot have, before it is built."""
    with zipfile.ZipFile(file) as archive:
        config = json.loads(archive.read("config.json"))
        stored = sum(one.file_size for one in archive.infolist())
    pending = [("config", config.get("config"))]
    while pending:
        name, value = pending.pop()
        if isinstance(value, dict):
            pending += value.items()
        elif isinstance(value, list):
            pending += [(name, one) for one in value]
        elif isinstance(value, int) and not str(name).endswith(_ANY_NUMBER):
            counted = str(name).startswith("num_") and "layers" in str(name)
            most = MOST_LAYERS if counted else max(LARGEST, stored)
            if abs(value) > most:
                raise SeqkitError(
                    f"{file}: expected {name} up to {most}, found {brief(value)}"
                )
