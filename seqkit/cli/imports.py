"""`--import`: modules of the user's own, before any command."""

import importlib
import os
import sys
from collections.abc import Iterable, Sequence

from seqkit.errors import SeqkitError

_NAME = "--import"


def imports_first(words: Sequence[str]) -> list[str]:
    """The words with every `--import MODULE` moved before the command.

    >>> from seqkit.cli.imports import imports_first
    >>> imports_first(["predict", "run", "--import", "parts"])
    ['--import', 'parts', 'predict', 'run']
    """
    first, others, words = [], [], list(words)
    while words:
        word = words.pop(0)
        if word == _NAME and words:
            first += [word, words.pop(0)]
        else:
            (first if word.startswith(f"{_NAME}=") else others).append(word)
    return [*first, *others]


def import_modules(names: Iterable[str]) -> None:
    """Imports modules, those of the working folder too."""
    for name in names:
        if (folder := os.getcwd()) not in sys.path:
            sys.path.append(folder)
        try:
            importlib.import_module(name)
        except (ImportError, ValueError, TypeError) as error:
            raise SeqkitError(
                f"{_NAME} {name}: expected a module as package.module, found: {error}"
            ) from error
