"""The folder of a saved task: everything that is needed, there whole or not at all."""

import json
import os
import shutil
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.distribution import on_primary
from seqkit.errors import ArgumentError, SeqkitError
from seqkit.options import groups
from seqkit.options.options import brief
from seqkit.registries import recipes
from seqkit.task.assets import assets_of
from seqkit.task.card_text import FILE as CARD
from seqkit.task.card_text import read_card
from seqkit.task.compiled_programs import keep_compiled
from seqkit.task.hub import find_remote
from seqkit.task.quiet import import_backend
from seqkit.task.reading import Document, reading

if TYPE_CHECKING:
    from seqkit.task.task import Task

FORMAT_VERSION = 2
"""Version of the folder that `save` writes."""


def save(task: "Task", path: str | os.PathLike[str]) -> None:
    """Writes a task, of several processes in one; see `Task.save`."""
    with task.distribution.scope():
        on_primary("save", lambda: _save(task, path))
    task.saved_at = Path(path).resolve()


def _save(task: "Task", path: str | os.PathLike[str]) -> None:
    check_free(path)
    from seqkit.task.model_card import card_at

    # An absolute path, without links, has a name and a parent.
    path = Path(path).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _beside(path)
    try:
        partial.mkdir()
        written = write(task, partial, card_at(task, path.name, read_card(path)))
        if path.exists():
            if (path / "task.json").is_file() and task.saved_at != path:
                print(f"{path}: the task saved there is replaced", file=sys.stderr)
            _keep_others(path, partial, written)
            old = _beside(path)
            path.rename(old)
            partial.rename(path)
            shutil.rmtree(old)
        else:
            partial.rename(path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write(task: "Task", folder: Path, card: str | None) -> set[str]:
    """Writes a task, with a card or none, into an empty folder; returns the names."""
    task.model.save(folder / "model.keras")
    task.save_assets(folder)
    if card is not None:
        (folder / CARD).write_text(card, encoding="utf-8")
        task.card_text = card
    written = {"task.json", *(entry.name for entry in folder.iterdir())}
    document = {
        "format_version": FORMAT_VERSION,
        "recipe": task.recipe,
        "config": portable(task.config),
        "splits": task.split_sizes,
        "history": task.history,
        "results": task.results,
        "files": sorted(written),
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    (folder / "task.json").write_text(text + "\n", encoding="utf-8")
    return written


def files_of(recipe: type) -> list[str]:
    """The files, and folders, that a saved task of a recipe may have."""
    return ["task.json", "model.keras", CARD, *(one.file for one in assets_of(recipe))]


def load(
    path: str | os.PathLike[str],
    *,
    dataset: Any = None,
    recipe: type | None = None,
    revision: str | None = None,
    token: str | None = None,
) -> "Task":
    """Loads what `Task.save` wrote; nothing else is needed, and nothing is unpickled.

    Args:
        path: The folder, or the name of a repository on the Hugging Face Hub, such as
            `"owner/name"`. A folder of that name comes first. Of a repository only the
            files of a saved task are downloaded, once.
        dataset: Dataset for `evaluate` and `fit`; by default the one that the task was
            built with, read again when it is needed.
        recipe: The class of the task, if it is not registered under its name.
        revision: Branch, tag or commit of the repository, by default its newest.
        token: Token for a private repository; by default that of `hf auth login`.

    Raises:
        SeqkitError: The folder is missing, damaged, not whole, or of a later version;
            the message names the file and the field. Or the repository cannot be
            reached.
    """
    return load_checked(
        path, dataset=dataset, recipe=recipe, revision=revision, token=token
    )


def load_checked(
    path: str | os.PathLike[str],
    check: Callable[["Task"], object] = lambda task: None,
    *,
    dataset: Any = None,
    recipe: type | None = None,
    revision: str | None = None,
    token: str | None = None,
) -> "Task":
    """What `load` calls; `check` is called with the task before its model is loaded."""
    remote = find_remote(path, revision, token)
    path = Path(path) if remote is None else remote.fetch(["task.json"])
    file = path / "task.json"
    document = _read(file)
    if recipe is None:
        recipe = _recipe(file, document.recipe)
    elif recipe.recipe != document.recipe:
        raise SeqkitError(
            f"{path}: expected a task of the recipe {recipe.recipe}, found one of "
            f"{document.recipe!r}"
        )
    task = recipe(_options(file, recipe, _upgraded(recipe, document)))
    task.history, task.results = document.history, document.results
    task.saved_sizes = document.splits
    if dataset is not None:
        task.use_dataset(dataset)
    check(task)
    if remote is not None:
        remote.fetch(files_of(recipe))
    import_backend()
    keep_compiled(task.config.get("cache_dir"))
    task.load_assets(path)
    with reading(path / "model.keras"):
        task.load_model(path)
    if hasattr(task.model, "get_config"):
        for one in assets_of(task):
            one.check_fit(task, path, task.model.get_config())
    task.card_text = read_card(path)
    return task


def _upgraded(recipe: Any, document: Document) -> dict[str, Any]:
    """The options as this version means them, so that a task decodes as before."""
    config = document.config
    searches = issubclass(recipe.Options, groups.BeamSearch)
    if document.format_version < 2 and searches:
        exact = config.get("early_stopping") is False  # the name that "never" had
        config = config | ({"early_stopping": "never"} if exact else {})
    return config


def _options(file: Path, recipe: Any, config: dict[str, Any]) -> Any:
    try:
        return recipe.Options.settle(config, where=f"{file}: config.")
    except ArgumentError as error:
        problems = recipe.Options.problems(config)
        chosen = [name for name in config if recipe.Options.is_chosen(name)]
        if not any(one.partition(":")[0] in chosen for one in problems):
            raise
        advice = (
            "A part of another package is known once its module is imported: import it "
            "before seqkit.load, or give --import MODULE on the command line"
        )
        raise ArgumentError([*error.problems, advice]) from error


def _read(file: Path) -> Document:
    if not file.is_file():
        there = "no task.json in it" if file.parent.is_dir() else "no such folder"
        raise SeqkitError(
            f"{file.parent}: expected a folder written by save, found {there}"
        )
    with reading(file):
        values = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(values, dict):
            raise SeqkitError(f"{file}: expected a mapping, found {brief(values)}")
        document = Document.settle(values, where=f"{file}: ")
    if document.format_version > FORMAT_VERSION:
        raise SeqkitError(
            f"{file}: expected format_version {FORMAT_VERSION} or older, found "
            f"{document.format_version}. It was written by a later seqkit: upgrade."
        )
    return document


def _recipe(file: Path, name: Any) -> type:
    if not isinstance(name, str) or name not in recipes:
        raise SeqkitError(
            f"{file}: expected one of the recipes {', '.join(recipes)}, found "
            f"{name!r}. A recipe of another package has to be imported first, or named "
            "with recipe= (on the command line --recipe package.module:Class)"
        )
    return recipes[name]


def portable(config: dict[str, Any]) -> dict[str, Any]:
    """Options as JSON can hold them; a dataset in memory leaves only its type."""
    config = {name: _plain(value) for name, value in config.items()}
    dataset = config.get("dataset")
    if isinstance(dataset, dict) and all(
        isinstance(file, str | Path) for file in dataset.values()
    ):
        config["dataset"] = {split: str(file) for split, file in dataset.items()}
    elif dataset is not None and not isinstance(dataset, str):
        config["dataset"] = {"in_memory": type(dataset).__name__}
    return config


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    named = not isinstance(value, list | dict) and hasattr(value, "name")
    return value.name if named else value


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")


def _keep_others(path: Path, partial: Path, written: set[str]) -> None:
    """Moves what else is in the folder, such as checkpoints, into the new one."""
    try:
        text = (path / "task.json").read_text(encoding="utf-8")
        replaced = written | set(Document.settle(json.loads(text)).files)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        replaced = written
    if CARD not in written:  # it is the user's own
        replaced = replaced - {CARD}
    for entry in list(path.iterdir()):
        if entry.name not in replaced:
            entry.rename(partial / entry.name)


def check_free(path: str | os.PathLike[str]) -> None:
    """Raises unless a folder may be written: absent, empty, or a task saved before."""
    path = Path(path)
    if path.is_dir():
        entries = {entry.name for entry in path.iterdir()}
        if not entries or "task.json" in entries or entries == {"checkpoints"}:
            return
    elif not path.exists():
        return
    raise SeqkitError(
        f"{path}: expected a new folder, an empty one or one of a saved task, found "
        "something else. Nothing was overwritten; choose another path."
    )
