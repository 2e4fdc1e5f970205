"""From the option `architecture` to a model."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from seqkit.options import Options
from seqkit.registry import Registry, accepted


def construct(make: Callable, options: Options, **given: Any) -> Any:
    """Makes and builds a model from `given`, and options that are its arguments."""
    values = dict(options)
    model = make(**accepted(make, values) | given, dtype=values["dtype_policy"])
    model.build()
    return model


def unused(
    options: Options, given: Mapping[str, Any], registries: Iterable[Registry]
) -> list[str]:
    """Options that were given and that other architectures use, but not the chosen."""
    if not given or not registries:
        return []
    chosen = accepted(find(dict(options)["architecture"], registries), given)
    parts = [registry[name] for registry in registries for name in registry]
    others = {name for part in parts for name in accepted(part, given)}
    return [name for name in given if name in others - chosen.keys()]


def find(name: str, registries: Iterable[Registry]) -> Callable:
    """What an architecture stands for, in the first registry that has it."""
    registry = next((one for one in registries if name in one), None)
    return (registry or next(iter(registries)))[name]


@contextlib.contextmanager
def precision(policy: str) -> Iterator[None]:
    """Context in which layers that are not given a precision have this one."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
