"""The base of every group of options: checking them, and filling in defaults."""

import difflib
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self, get_args

import pydantic

from seqkit.errors import ArgumentError
from seqkit.options.defaults import Derived
from seqkit.options.option import Default, OneOf

LARGEST = 2**31 - 1
"""The largest integer that counts can be."""

SECTIONS = (
    "Data",
    "Texts and labels",
    "Words and tags",
    "Images and captions",
    "Model",
    "Tokenizer",
    "Batches",
    "Optimization",
    "Precision and compilation",
    "Decoding",
    "Decoding, by default as in build",
    "Results",
)
"""The order of headings in help and docstrings.

That of a class itself comes after the data; others come last.
"""

Mistakes = Iterator[tuple[str, str]]


class Options(pydantic.BaseModel):
    """A frozen set of checked options, each declared once with `option`.

    Groups are combined by inheritance. A subclass may declare an option again to change
    its default. What goes wrong is reported together, as an `ArgumentError`.

    >>> from seqkit.options import Count, Fraction, Options, option
    >>> class Network(Options):
    ...     hidden_dim: Count = option(256, "Width of the model.")
    ...     dropout: Fraction = option(0.1, "Fraction dropped in training.")
    >>> Network.settle({"hidden_dim": 64})
    Network(hidden_dim=64, dropout=0.1)
    >>> print("; ".join(Network.problems({"hidden_dim": 0, "dropuot": 1})))
    hidden_dim: expected an integer from 1, found 0; dropuot: unknown; did you mean dropout?
    """  # noqa: E501

    model_config = pydantic.ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
        protected_namespaces=(),
    )

    title: ClassVar[str] = "Options"
    """Heading of the options that a class declares itself, in help."""

    defaults: ClassVar[Mapping[str, Any]] = {}
    """Other defaults for inherited options: a value, or a `Default`."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for name in vars(cls).get("defaults", ()):
            if name not in cls.model_fields:
                raise TypeError(
                    f"{cls.__name__}.defaults: expected names of options, found "
                    f"{name!r}{suggest(name, cls.model_fields)}"
                )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            return super().__getattr__(name)  # type: ignore
        raise AttributeError(
            f"{name}: no such option in {type(self).__name__}"
            f"{suggest(name, type(self).model_fields)}. Declare it there, or inherit "
            "the group of options that has it"
        )

    def mistakes(self) -> Mistakes:
        """Conditions across options: pairs of the names and what is wrong.

        The names are joined by commas. A condition on an option that is wrong by itself
        is left out.
        """
        yield from ()

    @classmethod
    def settle(cls, values: Mapping[str, Any], where: str = "") -> Self:
        """The options with defaults filled in; an ArgumentError of all mistakes.

        `None` leaves an option at its default, unless it is a value of its own.
        Messages put `where` before each name.
        """
        options, problems = cls._checked(values)
        if problems:
            raise ArgumentError([f"{where}{problem}" for problem in problems])
        return options

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> list[str]:
        """What is wrong with values, one line per mistake."""
        return cls._checked(values)[1]

    @classmethod
    def _checked(cls, values: Mapping[str, Any]) -> tuple[Self, list[str]]:
        values = {name: _plain(value) for name, value in values.items()}
        wrong = {
            name: f"{name}: expected text without a NUL, found {brief(value)}"
            for name, value in values.items()
            if _has_nul(value)
        }
        for name, value in values.items():
            if isinstance(value, bool) and cls._takes_numbers_alone(name):
                wrong[name] = cls._problem(name, value)
        values = {name: None if name in wrong else v for name, v in values.items()}
        try:
            options = cls(**cls.filled(values))
        except pydantic.ValidationError as error:
            for one in error.errors(include_url=False):
                name = str(one["loc"][0])
                found = values.get(name, one["input"])
                wrong.setdefault(name, cls._problem(name, found))
            # A default that follows from a wrong value is wrong only because of it.
            wrong = {k: v for k, v in wrong.items() if k in values} or wrong
            right = {k: v for k, v in values.items() if k not in wrong}
            options = cls.model_construct(**cls.filled(right))
        problems = list(wrong.values())
        for names, problem in options.mistakes():
            if not wrong.keys() & set(names.split(", ")):
                problems.append(f"{names}: {problem}")
        return options, [p if len(p) <= 1000 else f"{p[:1000]}…" for p in problems]

    @classmethod
    def filled(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values, with defaults for what is not given; unchecked."""
        sample = values.get("dataset") is None
        found = dict(values)
        pending = set()

        def resolve(name):
            value = found.get(name)
            if value is not None or name in pending or name not in cls.model_fields:
                return value
            if name in values and cls._takes_none(name):
                return None
            pending.add(name)
            default = cls.declared(name).of(sample)
            if isinstance(default, Derived):
                default = default.value(resolve, values)
            pending.discard(name)
            found[name] = default
            return default

        for name in cls.model_fields:
            found[name] = resolve(name)
        return found

    @classmethod
    def declared(cls, name: str) -> Default:
        """The default of an option, for data and for the sample."""
        for one in cls.__mro__:
            own = vars(one)
            if name in own.get("defaults", ()):
                default = own["defaults"][name]
                return default if isinstance(default, Default) else Default(default)
            if name in _own(one):
                metadata = one.model_fields[name].metadata
                return next(m for m in metadata if isinstance(m, Default))
        raise KeyError(name)

    @classmethod
    def meaning(cls, name: str) -> str:
        """The sentence of an option, from the class that says it."""
        for one in cls.__mro__:
            field = getattr(one, "model_fields", {}).get(name)
            if field is not None and field.description:
                return field.description
        return ""

    @classmethod
    def groups(cls) -> dict[str, list[str]]:
        """Heading to the names of its options, in the order of `SECTIONS`."""
        groups: dict[str, list[str]] = {}
        for name in cls.model_fields:
            owners = [one for one in cls.__mro__ if name in _own(one)]
            groups.setdefault(owners[-1].title, []).append(name)
        own = [one for one in [vars(cls).get("title")] if one not in SECTIONS]
        order = [*SECTIONS[:1], *own, *SECTIONS[1:], *groups]
        return {title: groups[title] for title in order if title in groups}

    @classmethod
    def expected(cls, name: str, null: bool = True) -> str:
        """What an option takes, in words, such as "an integer from 1"."""
        return spell(cls.schema_of(name), null)

    @classmethod
    def is_chosen(cls, name: str) -> bool:
        """Whether an option is a name in a registry."""
        field = cls.model_fields.get(name)
        pending = [] if field is None else [*field.metadata, field.annotation]
        while pending:
            one = pending.pop()
            if isinstance(one, OneOf):
                return True
            pending += [*get_args(one), *getattr(one, "__metadata__", ())]
        return False

    @classmethod
    def schema_of(cls, name: str) -> dict[str, Any]:
        """The JSON Schema of an option."""
        # Made each time, since registries grow.
        field = cls.model_fields[name]
        return pydantic.TypeAdapter(field.rebuild_annotation()).json_schema()

    @classmethod
    def accepts(cls, name: str, value: Any) -> bool:
        """Whether a value suits an option by itself."""
        return not any(
            problem.startswith(f"{name}: ") for problem in cls.problems({name: value})
        ) and (value is not None or cls._takes_none(name))

    @classmethod
    def _takes_none(cls, name: str) -> bool:
        """Whether `None` is a value of its own, not "use the default"."""
        default = cls.declared(name).of(False)
        if default is None or isinstance(default, Derived):
            return False
        return "null" in cls.expected(name)

    @classmethod
    def _takes_numbers_alone(cls, name: str) -> bool:
        """Whether 0 and 1, but neither false nor true, are among some choices.

        In Python they are equal.
        """
        schema = cls.schema_of(name) if name in cls.model_fields else {}
        choices = [
            one
            for part in schema.get("anyOf", [schema])
            for one in part.get("enum", ())
        ]
        return any(type(one) is int for one in choices) and not any(
            isinstance(one, bool) for one in choices
        )

    @classmethod
    def _problem(cls, name: str, value: Any) -> str:
        if name not in cls.model_fields:
            return f"{name}: unknown{suggest(name, cls.model_fields)}"
        found = brief(value)
        digits = found.strip("'…")
        huge = digits.isdecimal() and len(digits) > 9
        return (
            f"{name}: expected {spell(cls.schema_of(name), huge=huge)}, found {found}"
        )


def _own(cls: type) -> Mapping[str, Any]:
    """What a class declares itself."""
    return inspect.get_annotations(cls)


def spell(schema: Mapping[str, Any], null: bool = True, *, huge: bool = False) -> str:
    """A JSON Schema in words; `huge` bounds are there for computers alone."""
    words = [word for word in _words(schema, huge) if null or word != "null"]
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


_KINDS = {
    "integer": "an integer",
    "number": "a number",
    "string": "text",
    "object": "a mapping",
    "null": "null",
}
_BOUNDS = {
    "minimum": "from",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
    "maximum": "up to",
}


def _words(schema: Mapping[str, Any], huge: bool) -> list[str]:
    if "anyOf" in schema:
        words = [word for one in schema["anyOf"] for word in _words(one, huge)]
        return list(dict.fromkeys(words))
    if "const" in schema or "enum" in schema:
        choices = schema.get("enum", [schema.get("const")])
        return ["null" if one is None else repr(one) for one in choices]
    kind = schema.get("type")
    if kind == "array":
        inner = spell(schema.get("items", {}), huge=huge)
        return [
            f"a list, each of which is {inner}" if inner != "anything" else "a list"
        ]
    if kind == "boolean":
        return ["true", "false"]
    words = [_KINDS.get(str(kind), "anything")]
    for key, word in _BOUNDS.items():
        bound = schema.get(key)
        if bound is not None and (huge or abs(bound) < LARGEST):
            words.append(f"{word} {bound:.10g}")
    return [" ".join(words)]


def suggest(name: str, known: Any) -> str:
    """`; did you mean …?` if a known name is near, otherwise nothing."""
    near = difflib.get_close_matches(str(name), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def brief(value: Any, most: int = 80) -> str:
    """A value in a message, cut to a length."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deeply, or an endless integer
        text = f"a {type(value).__name__}"
    return text if len(text) <= most else f"{text[:most]}…"


def _has_nul(value: Any) -> bool:
    """Whether there is a NUL in a text, a path, or one of several."""
    several = list(value.values()) if isinstance(value, dict) else value
    if isinstance(several, list) and len(several) < 100:  # not a whole dataset
        return any(isinstance(one, str | Path) and "\0" in str(one) for one in several)
    return isinstance(value, str) and "\0" in value


def _plain(value: Any) -> Any:
    """NumPy's scalars, tuples and paths as what options are declared with."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Path):
        return str(value)
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return value.item()
    return value
