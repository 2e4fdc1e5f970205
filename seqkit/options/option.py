"""One option: its default, its default for the embedded sample, and its meaning."""

from collections.abc import Collection
from typing import Annotated, Any

import pydantic
from annotated_types import Ge, Gt, Le, Lt
from pydantic_core import PydanticCustomError, core_schema

from seqkit.options.defaults import show
from seqkit.registry import Registry

UNSET = object()

Count = Annotated[int, Ge(1), Le(2**31 - 1)]
"""An integer from 1."""
Length = Annotated[int, Ge(1), Le(10**6)]
"""A number of tokens to write, for which memory is set aside."""
Steps = Annotated[int, Ge(0), Le(2**31 - 1)]
"""An integer from 0."""
Fraction = Annotated[float, Ge(0), Lt(1)]
"""A number from 0, below 1, such as a dropout."""
Positive = Annotated[float, Gt(0)]
"""A number above 0."""
NotNegative = Annotated[float, Ge(0)]
"""A number from 0."""
Seed = Annotated[int, Ge(0), Lt(2**32)]
"""An integer that seeds Keras's and NumPy's generators."""


def option(default: Any, help: str | None = None, *, sample: Any = UNSET) -> Any:
    """Declares an option in the body of an `Options` class.

    Args:
        default: Its default, or one that depends on other options (`by`, `same_as`,
            `unless`).
        help: One sentence of meaning. Without it, a class that only changes a default
            takes the sentence of the class that it inherits from.
        sample: The default for the embedded sample, if that is another one.

    >>> from seqkit.options import Count, Options, option
    >>> class Network(Options):
    ...     dataset: str | None = option(None, "Data; none is the sample.")
    ...     hidden_dim: Count = option(256, "Width of the model.", sample=64)
    >>> Network.settle({}).hidden_dim, Network.settle({"dataset": "a"}).hidden_dim
    (64, 256)
    """
    # `Options.settle` fills in defaults; pydantic sees every value as given.
    field = pydantic.Field(default=None, description=help)
    field.metadata.append(Default(default, sample))
    return field


class Default:
    """A default for data, and another for the embedded sample, maybe by `by` …"""

    def __init__(self, default: Any, sample: Any = UNSET):
        self.default, self.sample = default, sample

    def of(self, sample: bool) -> Any:
        """The default with the embedded sample, or with a dataset."""
        return self.sample if sample and self.sample is not UNSET else self.default

    def __str__(self) -> str:
        text = show(self.default)
        if self.sample is not UNSET:
            text += f"; for the sample: {show(self.sample)}"
        return text


class OneOf:
    """Marks a string as a name in one or several registries.

    Args:
        registries: The registries.
        also: Further names.

    >>> from typing import Annotated
    >>> from seqkit.options import OneOf
    >>> from seqkit.registries import recipes
    >>> Recipe = Annotated[str, OneOf(recipes)]
    """

    def __init__(self, *registries: Registry, also: Collection[str] = ()):
        self.registries, self.also = registries, also

    def names(self) -> list[str]:
        names = [name for registry in self.registries for name in registry]
        return [*names, *self.also]

    def __get_pydantic_core_schema__(self, source, handler):
        def check(name):
            if name not in self.names():
                raise PydanticCustomError("one_of", "not among the names")
            return name

        return core_schema.no_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema, handler):
        return handler(schema) | {"enum": self.names()}
