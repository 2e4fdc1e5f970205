"""Checks of constructor arguments that several layers need."""

from collections.abc import Iterable
from typing import Any

from seqkit.errors import SeqkitError


def check_choice(name: str, found: Any, known: Iterable[str], also: str = "") -> None:
    """Raises a SeqkitError unless an argument is one of the known names."""
    if found not in known:
        choices = ", ".join(known)
        raise SeqkitError(f"{name}: expected one of {choices}{also}, found {found!r}.")


def check_whole(name: str, found: Any, also: str = "") -> None:
    """Raises a SeqkitError unless an argument is a whole number of at least 1."""
    if not isinstance(found, int) or found < 1:
        raise SeqkitError(
            f"{name}: expected a whole number of at least 1{also}, found {found!r}."
        )
