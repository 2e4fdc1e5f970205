"""From the option `architecture` to a model."""

import inspect
from collections.abc import Callable, Collection, Iterable
from typing import Any

from seqkit.options import Options
from seqkit.registry import Registry


def construct(make: Callable, options: Options, **given: Any) -> Any:
    """Makes and builds a model from the options that its constructor takes.

    Args:
        make: The constructor.
        options: Those that are named as its arguments are passed on.
        given: Further arguments, and those that are no options.
    """
    values = dict(options)
    taken = {name: values[name] for name in _parameters(make) if name in values}
    model = make(**taken | given, dtype=values["dtype_policy"])
    model.build()
    return model


def unused(
    options: Options, names: Collection[str], registries: Collection[Registry]
) -> list[str]:
    """Options among `names` that only other architectures use."""
    if not names or not registries:
        return []
    chosen = _parameters(find(dict(options)["architecture"], registries))
    others = set()
    for registry in registries:
        for name in registry:
            others |= _parameters(registry[name])
    return [name for name in names if name in others - chosen]


def find(name: str, registries: Iterable[Registry]) -> Callable:
    """What an architecture stands for, in the first registry that has it."""
    registry = next((one for one in registries if name in one), None)
    return (registry or next(iter(registries)))[name]


def _parameters(make: Callable) -> set[str]:
    return set(inspect.signature(make).parameters)
