"""Defaults that depend on other options."""

from collections.abc import Callable, Mapping
from typing import Any

Resolve = Callable[[str], Any]
"""From the name of an option to its value, given or by default."""


class Derived:
    """A default that follows from other options; `str()` is how help shows it."""

    def value(self, resolve: Resolve, given: Mapping[str, Any]) -> Any:
        raise NotImplementedError


class by(Derived):
    """A default by the value of another option, `otherwise` for all that lack one.

    >>> from seqkit.options import by
    >>> print(by("architecture", transformer=3, otherwise=1))
    1; with architecture transformer: 3
    """

    def __init__(self, name: str, *, otherwise: Any, **values: Any):
        self.name, self.otherwise, self.values = name, otherwise, values

    def value(self, resolve, given):
        value = resolve(self.name)
        if isinstance(value, list | dict):  # a mistake, which may be nested endlessly
            return self.otherwise
        return self.values.get(str(value), self.otherwise)

    def __str__(self):
        parts = [f"with {self.name} {k}: {show(v)}" for k, v in self.values.items()]
        return "; ".join([show(self.otherwise), *parts])


class same_as(Derived):
    """The value of another option."""

    def __init__(self, name: str):
        self.name = name

    def value(self, resolve, given):
        return resolve(self.name)

    def __str__(self):
        return f"that of {self.name}"


class unless(Derived):
    """A default that counts only if another option is not given."""

    def __init__(self, name: str, default: Any):
        self.name, self.default = name, default

    def value(self, resolve, given):
        return self.default if given.get(self.name) is None else None

    def __str__(self):
        return f"{show(self.default)}, unless {self.name} is given"


def show(value: Any) -> str:
    """A default as help shows it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
