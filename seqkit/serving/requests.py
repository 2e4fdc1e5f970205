"""What `/predict` takes: inputs, and the options of the task's own `predict`."""

from collections.abc import Iterable, Mapping
from typing import Any

from seqkit.errors import ArgumentError
from seqkit.options import Options, option
from seqkit.options.defaults import Derived
from seqkit.options.options import brief
from seqkit.serving.inputs import Kind
from seqkit.serving.limits import Limits
from seqkit.serving.refusals import Refused


def request_of(predict: type[Options], limits: Limits) -> type[Options]:
    """The options of `predict` within the limits of a server, and `inputs`.

    A default beyond a limit is that limit.
    """
    known = predict.model_fields
    most = {name: top for name, top in limits.of_options.items() if name in known}

    class Request(predict):
        title = "Request"
        inputs: Any = option(None, "One input, or a list of them.")
        defaults = {
            name: top for name, top in most.items() if _default(predict, name) > top
        }

        def mistakes(self):
            yield from super().mistakes()
            for name, top in most.items():
                found = getattr(self, name)
                if found is not None and found > top:
                    yield name, f"expected at most {top} on this server, found {found}"

    return Request


def _default(options: type[Options], name: str) -> float:
    default = options.declared(name).of(False)
    return default if isinstance(default, int | float) else 0


def read_request(
    values: Any,
    request: type[Options],
    limits: Limits,
    among: Iterable[str] | None = None,
) -> tuple[list, dict[str, Any]]:
    """The inputs, unread, and the options of a request.

    Args:
        values: Its JSON.
        request: What `request_of` made.
        limits: `max_items` is used.
        among: The options that may be given; by default all of `request`.

    Raises:
        Refused: All that is wrong with it together, apart from single inputs.
    """
    if not isinstance(values, Mapping):
        raise Refused(422, f'expected {{"inputs": …}}, found {brief(values)}')
    options = {name: value for name, value in values.items() if name != "inputs"}
    inputs, problems = values.get("inputs"), []
    if "inputs" not in values:
        problems.append("inputs: expected one input or a list of them, found none")
    inputs = inputs if isinstance(inputs, list) else [inputs]
    if not inputs:
        problems.append("inputs: expected at least one, found an empty list")
    elif len(inputs) > limits.max_items:
        problems.append(
            f"inputs: expected at most {limits.max_items}, found {len(inputs)}"
        )
    if among is not None:
        others = options.keys() & request.model_fields.keys() - {*among}
        problems += [f"{name}: not an option of a stream" for name in sorted(others)]
    problems += request.problems(options)
    if problems:
        raise Refused(422, str(ArgumentError(problems)))
    settled = dict(request.settle(options))
    return inputs, {name: v for name, v in settled.items() if name != "inputs"}


def schema_of(
    request: type[Options], kind: Kind, limits: Limits, among: Iterable[str]
) -> dict[str, Any]:
    """The JSON Schema of a request that may have the options `among`."""
    properties = {}
    for name in among:
        default = request.declared(name).of(False)
        properties[name] = {"description": request.meaning(name)}
        properties[name] |= request.schema_of(name)
        if not isinstance(default, Derived):
            properties[name]["default"] = default
        top = limits.of_options.get(name)
        if top is not None:
            properties[name] |= {"maximum": top}
    several = {"type": "array", "items": kind.schema, "maxItems": limits.max_items}
    inputs = {"anyOf": [kind.schema, {**several, "minItems": 1}]}
    return {
        "type": "object",
        "properties": {"inputs": inputs, **properties},
        "required": ["inputs"],
        "additionalProperties": False,
    }
