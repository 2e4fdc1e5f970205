"""Presets: other values for options, by the kind of device that trains."""

from collections.abc import Callable, Mapping
from typing import Any

from seqkit.errors import ArgumentError
from seqkit.options.options import Options, brief, suggest

SECTIONS = ("build", "fit")
"""What a preset may change."""

GENERAL = {
    name: {"build": {"dtype_policy": "auto", "steps_per_execution": 8}}
    for name in ("gpu", "tpu")
}
"""The presets of cards and recipes without their own.

They leave what is learnt alone but for rounding: no larger batches, which need another
learning rate.
"""


def preset(presets: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """The options of a preset by section, those of a card or the general ones.

    Raises:
        ArgumentError: There is no such preset.

    >>> from seqkit.options.presets import preset
    >>> preset({"gpu": {"build": {"batch_size": 256}}}, "gpu")
    {'build': {'batch_size': 256}, 'fit': {}}
    """
    known = {**GENERAL, **presets}
    if name not in known:
        raise ArgumentError(
            [
                f"device_preset: expected one of {', '.join(known)}, found "
                f"{name!r}{suggest(name, known)}"
            ]
        )
    return {section: dict(known[name].get(section) or {}) for section in SECTIONS}


def preset_mistakes(
    presets: Mapping[str, Any],
    sections: Mapping[str, type[Options]],
    contents: Mapping[str, Any],
    mistakes: Callable[[str, Mapping, type[Options]], list[str]],
) -> list[str]:
    """What is wrong with the presets of a card.

    Args:
        presets: From the name of a preset to sections of options.
        sections: The options of each section.
        contents: The card, to whose options those of a preset are added.
        mistakes: Finds what is wrong with the options of a section.
    """
    problems = []
    for name, given in presets.items():
        where = f"presets.{name}"
        if not isinstance(given, dict) or given.keys() - {*SECTIONS}:
            expected = f"expected {' and '.join(SECTIONS)}"
            problems.append(f"{where}: {expected}, found {brief(given)}")
            continue
        for section, values in given.items():
            if not isinstance(values, dict):
                found = f"expected a mapping, found {brief(values)}"
                problems.append(f"{where}.{section}: {found}")
                continue
            own = contents.get(section) or {}
            before = mistakes(section, own, sections[section])
            found = mistakes(section, {**own, **values}, sections[section])
            problems += [f"presets.{name}.{p}" for p in found if p not in before]
    return problems


def preset_schema() -> dict[str, Any]:
    """The JSON Schema of the presets of a card, whose sections are defined beside."""
    return {
        "description": "Other values for options, by the kind of device: "
        "--device-preset NAME.",
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {"$ref": f"#/properties/{name}"} for name in SECTIONS},
        },
    }
