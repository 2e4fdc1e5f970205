"""Recipe cards: a whole run in one YAML file, checked before anything starts.

A card names a recipe and the arguments of its verbs:

    recipe: translation
    description: what is trained, and why these values
    seed: 1                  # of build: initial weights, order, dropout
    build:                   # arguments of seqkit.recipes.translation.build
      source: en
      target: de
    fit:                     # arguments of Task.fit
      epochs: 30
    evaluate:                # arguments of Task.evaluate; split may be a list
      split: [validation, test]
    result:                  # published figures, free in form
"""

import dataclasses
import importlib
import inspect
import os
import pkgutil
import shutil
from pathlib import Path

from seqkit.errors import SeqkitError
from seqkit.recipes._arguments import ArgumentError, arguments, check, suggest
from seqkit.recipes._yaml import read_yaml

# What a run decides itself, from its own arguments.
_RESERVED = {"fit": ("checkpoint_dir", "resume", "callbacks")}


@dataclasses.dataclass(frozen=True)
class Card:
    """A checked recipe card.

    Args:
        recipe: Name of a module in `seqkit.recipes`.
        build: Arguments of the recipe's `build`; `dataset` may be left out.
        fit: Arguments of `Task.fit`.
        evaluate: Arguments of `Task.evaluate`; `split` may be a list of splits.
            Empty to evaluate nothing.
        seed: Passed to `build`, or None for its default.
        description: What the card is for.
        result: The published figures, in any form.
    """

    recipe: str
    build: dict = dataclasses.field(default_factory=dict)
    fit: dict = dataclasses.field(default_factory=dict)
    evaluate: dict = dataclasses.field(default_factory=dict)
    seed: int | None = None
    description: str = ""
    result: object = None


def recipe_names():
    """The recipes there are, found without importing any.

    Example:

    >>> from seqkit.recipes.cards import recipe_names
    >>> "translation" in recipe_names()
    True
    """
    import seqkit.recipes

    modules = pkgutil.iter_modules(seqkit.recipes.__path__)
    names = [module.name for module in modules if module.name != "cards"]
    return sorted(name for name in names if not name.startswith("_"))


def recipe_arguments(recipe):
    """What `build`, `fit` and `evaluate` of a recipe take.

    Args:
        recipe: One of `recipe_names()`.

    Returns:
        Dictionary section -> (name -> `inspect.Parameter`).

    Raises:
        SeqkitError: There is no such recipe.
    """
    if recipe not in recipe_names():
        known = ", ".join(recipe_names())
        hint = suggest(recipe, recipe_names())
        raise SeqkitError(f"{recipe}: no such recipe{hint}. There are: {known}")
    build = importlib.import_module(f"seqkit.recipes.{recipe}").build
    task = _task_class(build)
    verbs = {"build": build, "fit": task.fit, "evaluate": task.evaluate}
    return {
        section: arguments(verb, leave_out=_RESERVED.get(section, ()))
        for section, verb in verbs.items()
    }


def _task_class(build):
    task = inspect.signature(build).return_annotation
    if isinstance(task, str):
        task = build.__globals__.get(task)
    if not hasattr(task, "fit"):
        from seqkit.task import Task as task
    return task


def load_card(path):
    """Read and check a recipe card.

    Args:
        path: A YAML file.

    Returns:
        `Card`.

    Raises:
        ArgumentError: All mistakes of the card together, a line for each.
        SeqkitError: No such file, not YAML, or a key given twice.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise SeqkitError(f"{path}: expected a recipe card, found: {reason}") from None
    return make_card(read_yaml(text, path), path)


def make_card(contents, where):
    """Check what a card holds; `load_card` for contents already read.

    Args:
        contents: Dictionary with the keys of a card.
        where: What to call the card in messages.

    Returns:
        `Card`.

    Raises:
        ArgumentError: All mistakes together.
    """
    keys = [field.name for field in dataclasses.fields(Card)]
    if not isinstance(contents, dict) or "recipe" not in contents:
        raise ArgumentError([f"{where}: expected a mapping with the key recipe"])
    # A key with nothing after it counts as left out.
    contents = {key: value for key, value in contents.items() if value is not None}
    problems = [
        f"{where}: {key}: unknown{suggest(key, keys)}. A card holds: {', '.join(keys)}"
        for key in contents
        if key not in keys
    ]
    kinds = {"seed": (int, "an integer"), "description": (str, "text")}
    kinds |= {key: (dict, "a mapping") for key in ("build", "fit", "evaluate")}
    for key, (kind, words) in kinds.items():
        if key in contents and type(contents[key]) is not kind:
            problems.append(f"{where}: {key}: expected {words}")
    try:
        sections = recipe_arguments(contents.get("recipe"))
    except SeqkitError as error:
        raise ArgumentError([*problems, f"{where}: recipe: {error}"]) from None
    for section, known in sections.items():
        values = contents.get(section, {})
        if isinstance(values, dict):
            if section == "evaluate" and isinstance(values.get("split"), list):
                splits = values["split"]
                values = {**values, "split": splits[0] if splits else None}
            problems += check(values, known, f"{where}: {section}.")
    if "seed" in contents and "seed" in (contents.get("build") or {}):
        problems.append(f"{where}: seed: given twice, here and as build.seed")
    if problems:
        raise ArgumentError(problems)
    return Card(**contents)


def run_card(card, *, dataset=None, out=None, resume=False, announce=print):
    """Build, train, evaluate and save what a card describes.

    While training goes on, checkpoints lie in `OUT.training`, beside the result:
    `out` itself appears at the end, complete.

    Args:
        card: A `Card`.
        dataset: In place of the card's dataset.
        out: Folder for the result, or None to save nothing. It must be new, empty,
            or an earlier result, which is then replaced.
        resume: Whether to go on from the checkpoints of an interrupted run.
        announce: Called with a line of text about each stage.

    Returns:
        The task, and a dictionary split -> metrics.

    Raises:
        SeqkitError: `out` cannot be used, or what the verbs themselves raise.
    """
    checkpoints = check_out(out, resume)
    build = importlib.import_module(f"seqkit.recipes.{card.recipe}").build
    options = dict(card.build)
    if card.seed is not None:
        options["seed"] = card.seed
    if dataset is not None:
        options["dataset"] = dataset
    announce(f"Building {card.recipe}")
    task = build(**options)
    options = dict(card.fit)
    if checkpoints is not None:
        options |= {"checkpoint_dir": str(checkpoints), "resume": resume}
    announce("Training")
    task.fit(**options)
    metrics = {}
    if card.evaluate:
        options = dict(card.evaluate)
        splits = options.pop("split", "test")
        for split in [splits] if isinstance(splits, str) else splits:
            announce(f"Evaluating {split}")
            metrics[split] = task.evaluate(split, **options)
    if out is not None:
        task.save(out)
        shutil.rmtree(checkpoints, ignore_errors=True)
        announce(f"Saved {out}")
    return task, metrics


def check_out(out, resume=False):
    """Refuse, before the work, a folder that the result could not go to.

    Args:
        out: Folder for the result, or None.
        resume: Whether an interrupted run is to be continued.

    Returns:
        The folder for checkpoints, `OUT.training`, or None without `out`.

    Raises:
        SeqkitError: `out` holds other things, or there is nothing to resume, or an
            interrupted run is in the way.
    """
    if out is None:
        if resume:
            raise SeqkitError("--resume: name the run to continue with --out")
        return None
    out = Path(out)
    check_folder(out, own="task.json")
    checkpoints = out.with_name(f"{out.resolve().name}.training")
    interrupted = checkpoints.is_dir() and any(checkpoints.iterdir())
    if interrupted and not resume:
        raise SeqkitError(
            f"{checkpoints}: an interrupted run. Continue it with --resume, or delete "
            "that folder to begin again"
        )
    if resume and not interrupted:
        raise SeqkitError(f"{checkpoints}: no interrupted run to resume")
    return checkpoints


def check_folder(folder, own=None):
    """Refuse a folder for results that holds something else.

    Args:
        folder: Where results shall go.
        own: A file that marks an earlier result, which may be replaced.

    Raises:
        SeqkitError: It is a file, is not empty, or cannot be made.
    """
    folder = Path(folder)
    if folder.is_dir():
        if any(folder.iterdir()) and not (own and (folder / own).is_file()):
            raise SeqkitError(
                f"{folder}: expected a new or an empty folder, found other files in it"
            )
    elif folder.exists():
        raise SeqkitError(f"{folder}: expected a folder, found a file")
    for parent in folder.absolute().parents:
        if parent.exists():
            if not parent.is_dir():
                raise SeqkitError(f"{parent}: expected a folder, found a file")
            if not os.access(parent, os.W_OK):
                raise SeqkitError(f"{parent}: no permission to write here")
            break
