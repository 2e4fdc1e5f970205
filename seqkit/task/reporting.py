"""What a task says about its own decisions, and about recipes that are not whole."""

import sys
from typing import Any

from seqkit.errors import SeqkitError
from seqkit.options.options import brief


def report(text: str) -> None:
    """What was decided or left out; on standard error, for results go to output."""
    if text:
        print(text, file=sys.stderr)


def undeclared(task: Any, method: str) -> NotImplementedError:
    """The error for a method that a recipe has to declare and does not."""
    return NotImplementedError(
        f"{type(task).__name__}.{method}: expected the recipe to define this method, "
        "found none"
    )


def returned(task: Any, method: str, expected: str, found: Any) -> SeqkitError:
    """The error for a method of a recipe that returns something else."""
    return SeqkitError(
        f"{type(task).__name__}.{method}: expected it to return {expected}, found "
        f"{brief(found)}"
    )
