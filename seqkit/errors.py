"""The errors that a user can mend; the command line turns them into exit code 2."""

import signal
from errno import EACCES, ENOSPC, ENOTDIR, EPERM, EROFS


class SeqkitError(ValueError):
    """Wrong input: the message says where, what was expected, what came, what to do."""


class ArgumentError(SeqkitError):
    """Everything that is wrong with a call, a card or a command, reported together.

    Args:
        problems: One line per mistake: which option, what was expected and found.
    """

    def __init__(self, problems):
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class FileError(SeqkitError):
    """What the system refused to do with a file or folder.

    Args:
        error: The `OSError`.

    >>> from seqkit.errors import FileError
    >>> print(FileError(FileNotFoundError(2, "No such file or directory", "a.txt")))
    a.txt: No such file or directory
    """

    def __init__(self, error: OSError):
        place = str(error.filename if error.filename is not None else "a file")
        place = place if len(place) <= 200 else f"{place[:200]}…"
        message = f"{place}: {error.strerror or error}"
        if error.errno in (EACCES, EPERM, EROFS, ENOSPC, ENOTDIR):
            message += (
                ". If that is where prepared data or downloads go, choose another "
                "folder with cache_dir= or the variable HF_HOME"
            )
        super().__init__(message)


class Terminated(KeyboardInterrupt):
    """SIGTERM, with which a cluster or `kill` ends a process; handled as Ctrl-C is."""


def terminated(number, frame):
    """Handles SIGTERM by raising `Terminated` once; clusters may send several."""
    signal.signal(number, signal.SIG_IGN)
    raise Terminated


class Diverged(SeqkitError):
    """The loss of a training is no longer a finite number."""


class DataError(SeqkitError):
    """A dataset, file or row that cannot be used.

    Args:
        expected: What should have been there.
        found: What was there instead.
        where: The file, folder, hub id or split it happened in.
        line: Line of the file, counted from 1, where there is one.
        row: Row of the dataset, counted from 0, where there is one.
        fix: What to do about it.

    >>> from seqkit.errors import DataError
    >>> print(DataError("some text", "an empty line", where="train.en", line=7))
    train.en, line 7: expected some text, found an empty line
    """

    def __init__(self, expected, found, *, where=None, line=None, row=None, fix=None):
        self.expected, self.found, self.fix = expected, found, fix
        self.where, self.line, self.row = where, line, row
        place = [str(where)] if where is not None else []
        if line is not None:
            place.append(f"line {line}")
        if row is not None:
            place.append(f"row {row}")
        message = f"expected {expected}, found {found}"
        if place:
            message = f"{', '.join(place)}: {message}"
        if fix:
            message += f". {fix}"
        super().__init__(message)
