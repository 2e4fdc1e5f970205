"""What a function takes, and whether values from a file or a command line suit it.

Recipes have flat keyword arguments with annotations; this reads them, so that
cards and command-line options need no second list of what there is.
"""

import difflib
import inspect
import types
import typing
from collections import abc

from seqkit.errors import SeqkitError


class ArgumentError(SeqkitError):
    """Everything that is wrong with a card or a command, reported together.

    Args:
        problems: One line for each mistake: where, what was expected and found.
    """

    def __init__(self, problems):
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def arguments(function, leave_out=()):
    """The named arguments of `function` with their annotations and defaults.

    Args:
        function: Any callable; `self` and `**kwargs` do not count.
        leave_out: Names that are not for the user to set here.

    Returns:
        Dictionary name -> `inspect.Parameter`, annotations resolved as far as
        they can be without importing anything.

    Example:

    >>> from seqkit.recipes._arguments import arguments
    >>> def build(dataset=None, *, dropout: float = 0.1): ...
    >>> list(arguments(build))
    ['dataset', 'dropout']
    """
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "self" or name in leave_out:
            continue
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        found[name] = parameter.replace(annotation=_annotation(function, parameter))
    return found


def _annotation(function, parameter):
    annotation = parameter.annotation
    if isinstance(annotation, str):
        try:
            annotation = eval(annotation, function.__globals__)
        except Exception:  # a name imported for type checkers only
            return typing.Any
    if annotation is parameter.empty:
        default = parameter.default
        # A plain default tells the type; None tells nothing.
        plain = type(default) in (bool, int, float, str)
        return type(default) if plain else typing.Any
    return annotation


def suits(value, annotation):
    """Whether a value read from YAML may be passed where `annotation` stands.

    >>> from seqkit.recipes._arguments import suits
    >>> suits(3, float), suits(True, int), suits(None, str | None)
    (True, False, True)
    """
    if annotation in (typing.Any, object):
        return True
    if annotation in (None, type(None)):
        return value is None
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return any(suits(value, one) for one in inner)
    if origin is typing.Literal:
        return any(value == one and type(value) is type(one) for one in inner)
    if origin is typing.Annotated:
        return suits(value, inner[0])
    kind = origin or annotation
    if kind is float:
        return type(value) in (int, float)
    if kind in (bool, int, str):
        return type(value) is kind
    if kind is tuple and inner and inner[-1] is not Ellipsis:
        return (
            isinstance(value, list)
            and len(value) == len(inner)
            and all(map(suits, value, inner))
        )
    if kind in (list, tuple, abc.Sequence, abc.Iterable):
        one = inner[0] if inner else typing.Any
        return isinstance(value, list) and all(suits(item, one) for item in value)
    if kind in (dict, abc.Mapping):
        return isinstance(value, dict)
    # Anything else, such as a model, has no spelling in YAML; a path has.
    return isinstance(value, str) and hasattr(kind, "__fspath__")


def spell(annotation):
    """An annotation in the words of an error message.

    >>> from typing import Literal
    >>> from seqkit.recipes._arguments import spell
    >>> spell(Literal["lstm", "gru"] | None)
    "'lstm', 'gru' or null"
    """
    words = _words(annotation)
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _words(annotation):
    if annotation in (typing.Any, object):
        return ["anything"]
    if annotation in (None, type(None)):
        return ["null"]
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return [word for one in inner for word in _words(one)]
    if origin is typing.Literal:
        return [repr(one) for one in inner]
    if origin is typing.Annotated:
        return _words(inner[0])
    kind = origin or annotation
    names = {bool: "true or false", int: "an integer", float: "a number"}
    names |= {str: "text", dict: "a mapping"}
    if kind in names:
        return [names[kind]]
    if kind in (list, tuple, abc.Sequence, abc.Iterable):
        return ["a list"]
    return [getattr(kind, "__name__", str(kind))]


def suggest(name, known):
    """`; did you mean ...?` where a known name is near, else nothing.

    >>> from seqkit.recipes._arguments import suggest
    >>> suggest("archtecture", ["architecture", "source"])
    '; did you mean architecture?'
    """
    near = difflib.get_close_matches(str(name), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def check(values, known, where):
    """The mistakes in a mapping of arguments.

    Args:
        values: Dictionary name -> value as read from YAML.
        known: What `arguments` returned for the function that will take them.
        where: What stands before each name in the messages.

    Returns:
        List of messages, empty where everything suits.

    Example:

    >>> from seqkit.recipes._arguments import arguments, check
    >>> def build(*, dropout: float = 0.1): ...
    >>> check({"dropout": "high"}, arguments(build), "card.yaml: build.")
    ["card.yaml: build.dropout: expected a number, found 'high'"]
    """
    problems = []
    for name, value in values.items():
        if name not in known:
            problems.append(f"{where}{name}: unknown{suggest(name, known)}")
        elif not suits(value, known[name].annotation):
            expected = spell(known[name].annotation)
            problems.append(f"{where}{name}: expected {expected}, found {value!r}")
    if any(name not in known for name in values):
        problems.append(f"{where.rstrip('.')} takes: {', '.join(known)}")
    return problems
