"""Functions that take options, as `help()` and editors show them."""

import functools
import inspect
import operator
import textwrap
from collections.abc import Callable, Iterable
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from seqkit.options.defaults import Derived
from seqkit.options.options import Options


def sign(
    function: Callable,
    options: type[Options],
    doc: str,
    *,
    leading: Iterable[inspect.Parameter] = (),
    leave_out: Iterable[str] = (),
) -> Callable:
    """Gives a function of `**options` a signature, and `doc` with `{options}`."""
    leave_out = set(leave_out)
    names = [name for name in options.model_fields if name not in leave_out]
    keyword = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=plain_default(options, name),
            annotation=plain_type(options, name),
        )
        for name in names
    ]
    function.__signature__ = inspect.Signature([*leading, *keyword])
    described = "\n".join(describe(options, leave_out))
    doc = inspect.cleandoc(doc)
    function.__doc__ = doc.replace("{options}", textwrap.indent(described, "    "))
    return function


def plain_type(options: type[Options], name: str) -> Any:
    """The type of an option without its bounds."""
    found = _without_bounds(options.model_fields[name].annotation)
    return found if plain_default(options, name) is not None else found | None


def _without_bounds(annotation: Any) -> Any:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _without_bounds(inner[0])
    if origin in (Union, UnionType):
        return functools.reduce(operator.or_, map(_without_bounds, inner))
    return list[_without_bounds(inner[0])] if origin is list else annotation


def plain_default(options: type[Options], name: str) -> Any:
    """The default in a signature: `None` if it depends on other options."""
    default = options.declared(name).of(False)
    return None if isinstance(default, Derived) else default


def describe(options: type[Options], leave_out: Iterable[str] = ()) -> Iterable[str]:
    """Lines of a docstring: each option with its meaning and default, by group."""
    for title, names in options.groups().items():
        names = [name for name in names if name not in leave_out]
        if names:
            yield f"{title}:"
        for name in names:
            text = f"{name}: {meaning(options, name)}"
            yield textwrap.fill(
                text, 84, initial_indent="    ", subsequent_indent="        "
            )


def meaning(options: type[Options], name: str) -> str:
    """The sentence of an option, what it takes, and its default."""
    default = str(options.declared(name))
    # Without a default, the sentence says what happens without a value.
    expected = options.expected(name, null=default != "null")
    parts = [expected] if expected != "anything" else []
    parts += [f"by default {default}"] if default != "null" else []
    text = ", ".join(parts)
    takes = f" {text[0].upper()}{text[1:]}." if text else ""
    return options.meaning(name) + takes
