"""Recipe cards: a whole run in one YAML file, checked before anything starts.

A card names a recipe and the options of its verbs:

    # yaml-language-server: $schema=schema.json
    recipe: translation
    description: what is trained, and why these values
    seed: 1                  # of build: initial weights, order, dropout
    build:                   # options of seqkit.recipes.translation.build
      source: en
      target: de
    fit:                     # options of fit
      epochs: 30
    evaluate:                # options of evaluate; split may be a list
      split: [validation, test]
    presets:                 # other values for a kind of device: --device-preset gpu
      gpu:
        build: {batch_size: 256, learning_rate: 0.002}
    tune:                    # for seqkit tune: options over ranges
      build:
        hidden_dim: {choices: [256, 512]}
        learning_rate: {low: 1e-4, high: 1e-2, log: true}
    result:                  # published figures, free in form

The first line is for editors: `seqkit schema translation > schema.json` writes the JSON
Schema by which they complete and check a card.
"""

import dataclasses
import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.errors import ArgumentError, SeqkitError
from seqkit.options import Options, groups, option
from seqkit.options.options import brief, suggest
from seqkit.options.presets import preset, preset_mistakes, preset_schema
from seqkit.options.tuning import tuning_mistakes, tuning_schema
from seqkit.options.yaml import read_yaml
from seqkit.registries import recipes

if TYPE_CHECKING:
    from seqkit.task import Task


@dataclasses.dataclass(frozen=True)
class Card:
    """A checked recipe card.

    Args:
        recipe: Name of a recipe, or `package.module:Class`.
        build: Options of the recipe's `build`; `dataset` may be left out.
        fit: Options of `fit`.
        evaluate: Options of `evaluate`; `split` may be a list of splits. Empty to
            evaluate nothing.
        seed: The option `seed` of `build`, or `None` for its default.
        description: What the card is for.
        tune: Ranges of options for `seqkit.tune`, by section, and how to tune.
        presets: Other options of `build` and `fit`, by the name of a preset, such as
            "gpu", and the section; see `with_preset`.
        result: The published figures, in any form.
    """

    recipe: str
    build: dict = dataclasses.field(default_factory=dict)
    fit: dict = dataclasses.field(default_factory=dict)
    evaluate: dict = dataclasses.field(default_factory=dict)
    seed: int | None = None
    description: str = ""
    tune: dict = dataclasses.field(default_factory=dict)
    presets: dict = dataclasses.field(default_factory=dict)
    result: Any = None


def find_recipe(name: str) -> "type[Task]":
    """The class of a recipe, by its name or by `package.module:Class`.

    Modules of the working folder are found too.

    Raises:
        SeqkitError: There is no such recipe.

    >>> from seqkit.cards import find_recipe
    >>> find_recipe("translation").__name__
    'Translation'
    """
    if ":" not in str(name):
        if "." in str(name) and name not in recipes:
            raise SeqkitError(
                f"{name}: expected the name of a recipe, or package.module:Class for "
                "one of another package; the colon and the class are missing"
            )
        found = recipes[name]
    else:
        place, _, attribute = name.partition(":")
        if (folder := os.getcwd()) not in sys.path:
            sys.path.append(folder)
        try:
            found = getattr(importlib.import_module(place), attribute)
        except (ImportError, AttributeError, ValueError, TypeError) as error:
            raise SeqkitError(
                f"{name}: expected a recipe as package.module:Class, found: {error}"
            ) from error
    if "recipe" not in getattr(found, "__dict__", {}):
        raise SeqkitError(
            f"{name}: expected a subclass of seqkit.Task with the decorator "
            f"@seqkit.recipe, found {brief(found)}"
        )
    return found


def place_of(recipe: "type[Task]") -> str:
    """`package.module:Class`, by which `find_recipe` finds a recipe."""
    return f"{recipe.__module__}:{recipe.__qualname__}"


def sections(recipe: "type[Task]") -> dict[str, type[Options]]:
    """What a card says of each verb: section to options."""

    class Evaluate(recipe.Evaluate):
        split: str | list[str] | None = option(
            None, "A split, or a list of them; without a value test, or validation."
        )

    return {"build": recipe.Options, "fit": groups.Fit, "evaluate": Evaluate}


def load_card(path: str | os.PathLike[str]) -> Card:
    """Reads and checks a recipe card.

    Args:
        path: A YAML file.

    Raises:
        ArgumentError: All mistakes of the card together, one line each.
        SeqkitError: No such file, not YAML, or a key given twice.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # not UTF-8, or a NUL in the name
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise SeqkitError(f"{path}: expected a recipe card, found: {reason}") from None
    return make_card(read_yaml(text, path), path)


def make_card(contents: Any, where: Any) -> Card:
    """Checks what a card holds; `load_card` for contents already read.

    Args:
        contents: Dictionary with the keys of a card.
        where: What to call the card in messages.

    Raises:
        ArgumentError: All mistakes together.
    """
    keys = [field.name for field in dataclasses.fields(Card)]
    if not isinstance(contents, dict) or contents.get("recipe") is None:
        raise ArgumentError([f"{where}: expected a mapping with the key recipe"])
    # A key with nothing after it counts as left out.
    contents = {key: value for key, value in contents.items() if value is not None}
    problems = [
        f"{key}: unknown{suggest(key, keys)}. A card holds: {', '.join(keys)}"
        for key in contents
        if key not in keys
    ]
    kinds = {key: (str, "text") for key in ("recipe", "description")}
    mappings = ("build", "fit", "evaluate", "tune", "presets")
    kinds |= {key: (dict, "a mapping") for key in mappings}
    for key, (kind, words) in kinds.items():
        if key in contents and type(contents[key]) is not kind:
            found = brief(contents[key])
            problems.append(f"{key}: expected {words}, found {found}")
    known = {}
    if isinstance(contents["recipe"], str):
        try:
            known = sections(find_recipe(contents["recipe"]))
        except SeqkitError as error:
            problems.append(f"recipe: {error}")
    for section, options in known.items():
        values = contents.get(section, {})
        if not isinstance(values, dict):
            continue
        if section == "build" and "seed" in contents:
            if "seed" in values:
                problems.append("seed: given twice, here and as build.seed")
            values = {**values, "seed": contents["seed"]}
        problems += _problems(section, values, options)
    if known and isinstance(contents.get("tune"), dict) and contents["tune"]:
        problems += tuning_mistakes(contents["tune"], known)
    if known and isinstance(contents.get("presets"), dict):
        problems += preset_mistakes(contents["presets"], known, contents, _problems)
    if problems:
        raise ArgumentError([f"{where}: {problem}" for problem in problems])
    return Card(**contents)


def with_preset(card: Card, name: str) -> Card:
    """A card with the options of one of its presets, or of the general ones.

    A card without a preset of its own for `"gpu"` or `"tpu"` gets `dtype_policy: auto`
    and 8 `steps_per_execution` where it does not give them itself.

    Raises:
        ArgumentError: There is no such preset.

    >>> from seqkit.cards import Card, with_preset
    >>> card = Card("sentiment", presets={"gpu": {"build": {"batch_size": 256}}})
    >>> with_preset(card, "gpu").build
    {'batch_size': 256}
    """
    chosen, own = preset(card.presets, name), name in card.presets
    merged = {}
    for section, values in chosen.items():
        given = getattr(card, section)
        merged[section] = given | values if own else values | given
    return dataclasses.replace(card, presets={}, **merged)


def _problems(
    section: str, values: Mapping[Any, Any], options: type[Options]
) -> list[str]:
    """The mistakes of a section; a card without a dataset is one for any dataset."""
    values = {str(key): value for key, value in values.items()}
    if section == "build":
        values = {"dataset": "any", **values}
    problems = [f"{section}.{problem}" for problem in options.problems(values)]
    if any(": unknown" in problem for problem in problems):
        problems.append(f"{section} takes: {', '.join(options.model_fields)}")
    return problems


def schema(recipe: "type[Task]") -> dict[str, Any]:
    """The JSON Schema of a recipe's cards.

    >>> from seqkit.cards import find_recipe, schema
    >>> build = schema(find_recipe("translation"))["properties"]["build"]
    >>> build["properties"]["dropout"]["exclusiveMaximum"]
    1
    """

    def section(options):
        properties = {
            name: {
                "description": f"{options.meaning(name)} Default: "
                f"{options.declared(name)}.",
                **options.schema_of(name),
            }
            for name in options.model_fields
        }
        return {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }

    found = {name: section(options) for name, options in sections(recipe).items()}
    names = [recipe.recipe, place_of(recipe)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"seqkit card: {recipe.recipe}",
        "type": "object",
        "required": ["recipe"],
        "additionalProperties": False,
        "properties": {
            "recipe": {"enum": names},
            "description": {"type": "string", "description": "What the card is for."},
            "seed": found["build"]["properties"].get("seed", False),
            **found,
            "tune": tuning_schema(sections(recipe)),
            "presets": preset_schema(),
            "result": {"description": "The published figures, free in form."},
        },
    }
