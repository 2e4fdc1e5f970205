"""Ranges of options, over which a card is tuned, and how."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from seqkit.options.option import option
from seqkit.options.options import Options, brief, suggest

_NEVER = {
    "dataset": "it says what is learnt from",
    "split": "trials are compared on validation",
    "verbose": "it changes nothing",
    "tensorboard": "it changes nothing",
}
_FORM = "{choices: [...]}, or {low: ..., high: ...} with step or log"


class Tuning(Options):
    """How a card is tuned."""

    title: ClassVar[str] = "Tuning"

    metric: str | None = option(
        None,
        "Figure of `evaluate` on validation that decides, or with val_ one of Keras, "
        "such as val_loss; without a value, the one by which the recipe keeps an "
        "epoch, or val_loss.",
    )
    direction: Literal["maximize", "minimize"] | None = option(
        None, "Which is better; without a value, what is known of the figure."
    )
    sampler: Literal["tpe", "random"] = option(
        "tpe", "How values are chosen: by the trials before, or at random."
    )
    pruner: Literal["median", "hyperband", "none"] = option(
        "median",
        "Which trials end early: those below the median of others after as many "
        "epochs, by Hyperband, or none.",
    )


class Range(NamedTuple):
    """Values of an option: some, or all between two.

    >>> from seqkit.options.tuning import Range
    >>> Range(low=1, high=4).holds(2), Range(choices=["gru", "lstm"]).holds("rnn")
    (True, False)
    """

    choices: list | None = None
    low: Any = None
    high: Any = None
    step: Any = None
    log: bool = False

    def holds(self, value: Any) -> bool:
        """Whether a value is one of them."""
        if self.choices is not None:
            return any(
                type(one) is type(value) and one == value for one in self.choices
            )
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and self.low <= value <= self.high


def range_of(options: type[Options], name: str, given: Any) -> Range:
    """The range that a card gives, which has no mistakes."""
    if _kind(options, name) != "number":
        return Range(**given)
    plain: dict[str, Any] = {
        key: value if key in ("choices", "log") else float(value)
        for key, value in given.items()
    }
    return Range(**plain)


def range_mistakes(options: type[Options], name: Any, given: Any) -> list[str]:
    """What is wrong with a range, one line per mistake."""
    if name not in options.model_fields:
        return [f"{name}: unknown{suggest(name, options.model_fields)}"]
    if name in _NEVER:
        return [f"{name}: cannot be tuned: {_NEVER[name]}"]
    known = Range._fields
    if not isinstance(given, dict) or not given or given.keys() - set(known):
        return [f"{name}: expected {_FORM}, found {brief(given)}"]
    if "choices" in given:
        return _choice_mistakes(options, name, given)
    return _bound_mistakes(options, name, given)


def _choice_mistakes(options, name, given):
    choices = given["choices"]
    if len(given) > 1 or not isinstance(choices, list) or not choices:
        return [f"{name}: expected {_FORM}, found {brief(given)}"]
    problems = [p for one in choices for p in _value_mistakes(options, name, one)]
    if len({repr(one) for one in choices}) < len(choices):
        problems.append(f"{name}: expected choices that differ, found {brief(choices)}")
    return problems


def _bound_mistakes(options, name, given):
    kind = _kind(options, name)
    if kind is None:
        expected = options.expected(name)
        return [
            f"{name}: expected choices, since it is {expected}, found {brief(given)}"
        ]
    if not {"low", "high"} <= given.keys():
        return [f"{name}: expected {_FORM}, found {brief(given)}"]
    kinds = int if kind == "integer" else int | float
    numbers = {k: v for k, v in given.items() if k != "log"}
    wrong = [
        k for k, v in numbers.items() if type(v) is bool or not isinstance(v, kinds)
    ]
    wrong += ["log"] if not isinstance(given.get("log", False), bool) else []
    if wrong:
        expected = "integers" if kind == "integer" else "numbers"
        return [f"{name}: expected {expected} and a true or false log, found {given}"]
    problems = _value_mistakes(options, name, given["low"])
    problems += _value_mistakes(options, name, given["high"])
    if given["low"] >= given["high"]:
        problems.append(f"{name}: expected low below high, found {given}")
    if given.get("log") and (given["low"] <= 0 or "step" in given):
        problems.append(
            f"{name}: expected low above 0 and no step with log, found {given}"
        )
    if given.get("step", 1) <= 0:
        problems.append(f"{name}: expected a step above 0, found {given['step']}")
    return problems


def _value_mistakes(options, name, value):
    problems = options.problems(
        {"dataset": "any", name: value}
        if "dataset" in options.model_fields
        else {name: value}
    )
    return [one for one in problems if one.startswith(f"{name}: ")]


def _kind(options, name):
    """`integer` or `number`, if values of the option lie between others."""
    schema = options.schema_of(name)
    kinds = {
        one.get("type") for one in schema.get("anyOf", [schema]) if "enum" not in one
    }
    return next((kind for kind in ("number", "integer") if kind in kinds), None)


def tuning_mistakes(tune: Any, sections: Mapping[str, type[Options]]) -> list[str]:
    """What is wrong with the section `tune` of a card."""
    known = [*Tuning.model_fields, *sections]
    problems = [
        f"tune.{key}: unknown{suggest(key, known)}. It holds: {', '.join(known)}"
        for key in tune
        if key not in known
    ]
    settings = {key: value for key, value in tune.items() if key in Tuning.model_fields}
    problems += [f"tune.{one}" for one in Tuning.problems(settings)]
    ranges = {key: tune[key] for key in sections if tune.get(key) is not None}
    for section, given in ranges.items():
        if not isinstance(given, dict):
            problems.append(f"tune.{section}: expected a mapping, found {brief(given)}")
            continue
        for name, one in given.items():
            found = range_mistakes(sections[section], name, one)
            problems += [f"tune.{section}.{problem}" for problem in found]
    if not any(ranges.values()):
        problems.append("tune: expected at least one option in " + ", ".join(sections))
    return problems


def tuning_schema(sections: Mapping[str, type[Options]]) -> dict[str, Any]:
    """The JSON Schema of the section `tune`; choices are values as in the card."""

    def ranges(section, name):
        value = {"$ref": f"#/properties/{section}/properties/{name}"}
        ordered = _kind(sections[section], name) is not None
        form = {"$ref": "#/properties/tune/$defs/" + ("range" if ordered else "some")}
        return {**form, "properties": {"choices": {"items": value}}}

    settings = {
        name: {"description": Tuning.meaning(name), **Tuning.schema_of(name)}
        for name in Tuning.model_fields
    }
    tuned = {
        section: _object(
            {
                name: ranges(section, name)
                for name in found.model_fields
                if name not in _NEVER
            }
        )
        for section, found in sections.items()
    }
    number = {"type": "number"}
    step, log = {**number, "exclusiveMinimum": 0}, {"type": "boolean"}
    bounds = {"low": number, "high": number, "step": step, "log": log}
    some = _object({"choices": {"type": "array", "minItems": 1}}, ["choices"])
    return {
        "description": "Ranges for `seqkit tune`.",
        **_object(settings | tuned),
        "$defs": {
            "some": some,
            "range": {"anyOf": [some, _object(bounds, ["low", "high"])]},
        },
    }


def _object(properties, required=()):
    found = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": list(required)} if required else found
