"""Files that commands write."""

import os
import tempfile
from pathlib import Path

from seqkit.errors import SeqkitError


def check_file(file, new_folders=False):
    """Refuses, before the work, a file that cannot be written.

    With `new_folders`, folders on the way to it may be made.
    """
    path = Path(file)
    parent = path.absolute().parent
    try:
        os.stat(path)
    except FileNotFoundError:
        pass
    except ValueError as error:
        raise SeqkitError(f"{str(file)!r}: expected a path without a NUL") from error
    except OSError as error:
        raise SeqkitError(f"{file}: cannot be written: {error.strerror}") from error
    if path.is_dir():
        raise SeqkitError(f"{file}: expected a file, found a folder")
    while new_folders and not parent.exists():
        parent = parent.parent
    if not parent.is_dir():
        raise SeqkitError(
            f"{file}: expected a file in a folder that exists, found none"
        )
    try:
        with tempfile.TemporaryFile(dir=parent):
            pass
    except OSError as error:
        raise SeqkitError(f"{file}: cannot be written: {error.strerror}") from error
