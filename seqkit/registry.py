"""Names that stand for parts of seqkit, open to additions from other packages."""

import difflib
import importlib
import inspect
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import metadata
from typing import Any

from seqkit.errors import SeqkitError


class Reference:
    """A part named by `"module:attribute"`; imported when it is first used.

    Args:
        place: `"package.module:name"`.
        settings: Keyword arguments that are bound to the part.
    """

    def __init__(self, place: str, **settings: Any):
        self.place, self.settings = place, settings

    def load(self) -> Any:
        module, _, name = self.place.partition(":")
        value = operator.attrgetter(name)(importlib.import_module(module))
        return partial(value, **self.settings) if self.settings else value


class Registry(Mapping):
    """A mapping from names to parts, such as recipes, encoders or optimizers.

    Parts of seqkit are `Reference`s, so that listing the names imports nothing. Another
    package adds a part with `register`, or with an entry point in the group
    `seqkit.NAMES`, where NAMES is the plural that the registry was made with: then the
    part is found without an import.

    Args:
        what: What a part is called in messages, such as `"attention score"`.
        plural: The name of the entry-point group after `seqkit.`.
        parts: Name to `Reference`, or to the part itself.

    >>> from seqkit.registry import Registry
    >>> scores = Registry("score", "scores", {"dot": max})
    >>> @scores.register("least")
    ... def least(*values):
    ...     return min(values)
    >>> list(scores), scores["least"](3, 2)
    (['dot', 'least'], 2)
    """

    def __init__(self, what: str, plural: str, parts: Mapping[str, Any]):
        self.what, self.plural = what, plural
        self._parts = dict(parts)
        self._searched = False

    def register(self, name: str, part: Any = None) -> Callable:
        """Adds a part: `register(name, part)`, or a decorator `@register(name)`.

        Raises:
            SeqkitError: The name stands for another part already.
        """
        if part is None:
            return partial(self.register, name)
        known = self._found().get(name)
        if known is not None and not _same(known, part):
            raise SeqkitError(
                f"{name!r}: expected a new name for a {self.what}, found one that "
                f"stands for {_place(known)}. Choose another name"
            )
        self._parts[name] = part
        return part

    def __getitem__(self, name: str) -> Any:
        parts = self._found()
        if name not in parts:
            near = difflib.get_close_matches(str(name), list(parts), n=1)
            hint = f"; did you mean {near[0]}?" if near else "."
            raise SeqkitError(
                f"{name}: no such {self.what}{hint} There are: {', '.join(parts)}"
            )
        part = parts[name]
        if isinstance(part, Reference):
            part = self._parts[name] = part.load()
        elif isinstance(part, metadata.EntryPoint):
            try:
                part = self._parts[name] = part.load()
            except (ImportError, AttributeError) as error:
                raise SeqkitError(
                    f"{name}: expected a {self.what} at {part.value}, where an "
                    f"installed package says that it is, found: {error}"
                ) from error
        return part

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())

    def __contains__(self, name: object) -> bool:
        return name in self._found()

    def _found(self) -> dict[str, Any]:
        """The parts, with those of installed packages."""
        if not self._searched:
            self._searched = True
            for point in metadata.entry_points(group=f"seqkit.{self.plural}"):
                self._parts.setdefault(point.name, point)
        return self._parts


def accepted(part: Callable, options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the options that a part has parameters for.

    A class has the parameters of its parents too, if it takes `**kwargs`.

    >>> from seqkit.registry import accepted
    >>> def join(words, separator): ...
    >>> accepted(join, {"separator": ", ", "limit": 3})
    {'separator': ', '}
    """
    names = set(inspect.signature(part).parameters)
    of = part.func if isinstance(part, partial) else part
    for parent in of.__mro__ if isinstance(of, type) else ():
        if "__init__" in vars(parent):
            parameters = inspect.signature(parent.__init__).parameters
            names |= set(parameters)
            if all(p.kind != p.VAR_KEYWORD for p in parameters.values()):
                break
    return {name: value for name, value in options.items() if name in names}


def _place(part: Any) -> str:
    if isinstance(part, Reference):
        return part.place
    if isinstance(part, metadata.EntryPoint):
        return part.value
    module = getattr(part, "__module__", "?")
    return f"{module}:{getattr(part, '__qualname__', part)}"


def _same(known: Any, part: Any) -> bool:
    """Whether both are one part: itself, or what a module defines when run again."""
    return known is part or _place(known) == _place(part)
