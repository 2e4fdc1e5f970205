"""What a task says about its own decisions, and about recipes that are not whole."""

import sys
from typing import Any

from seqkit.distribution import is_primary
from seqkit.errors import SeqkitError
from seqkit.options.options import brief


def report(text: str) -> None:
    """What was decided or left out; on standard error, for results go to output.

    Of several processes one speaks for all.
    """
    if text and is_primary():
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
