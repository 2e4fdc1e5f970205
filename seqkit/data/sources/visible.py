"""What is in a folder, without what a system or an editor has put there."""

import fnmatch
from collections.abc import Iterator
from pathlib import Path

_SYSTEM = {"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin"}


def is_visible(name: str) -> bool:
    """Whether a file or folder of this name may hold data."""
    return not name.startswith(".") and name.casefold() not in _SYSTEM


def visible(folder: Path, pattern: str = "*") -> list[Path]:
    """Returns the files and folders in a folder whose names match, sorted."""
    names = (path.name for path in folder.iterdir() if is_visible(path.name))
    return [folder / name for name in sorted(names) if fnmatch.fnmatch(name, pattern)]


def visible_files(folder: Path) -> Iterator[Path]:
    """Yields the files in a folder and its subfolders, sorted."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and all(map(is_visible, path.relative_to(folder).parts)):
            yield path
