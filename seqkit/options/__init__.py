"""Declaring options once: type, default, bounds and meaning."""

from seqkit.options.defaults import by, same_as, unless
from seqkit.options.option import (
    Count,
    Default,
    Fraction,
    Length,
    NotNegative,
    OneOf,
    Positive,
    Seed,
    Steps,
    option,
)
from seqkit.options.options import Options

__all__ = [
    "Count",
    "Default",
    "Fraction",
    "Length",
    "NotNegative",
    "OneOf",
    "Options",
    "Positive",
    "Seed",
    "Steps",
    "by",
    "option",
    "same_as",
    "unless",
]


def __dir__() -> list[str]:
    return sorted(__all__)
