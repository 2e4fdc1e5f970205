"""A run: what a card describes, built, trained, evaluated and saved."""

import dataclasses
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.cards import Card, find_recipe, make_card
from seqkit.distribution import current, on_primary, process_count
from seqkit.errors import Diverged, SeqkitError

if TYPE_CHECKING:
    from seqkit.task import Task
    from seqkit.task.learning_rate import LearningRates


def run_card(
    card: Card,
    *,
    dataset: Any = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    overwrite: bool = False,
    announce: Callable[[str], None] = print,
) -> "tuple[Task, dict[str, dict]]":
    """Builds, trains, evaluates and saves what a card describes.

    While training goes on, checkpoints and the card are in `OUT.training`, beside the
    result: `out` itself appears after training, complete. It is saved before it is
    evaluated, so that a failed evaluation loses nothing.

    Args:
        card: A `Card`.
        dataset: In place of the card's dataset.
        out: Folder for the result, or `None` to save nothing. It must be new or empty.
        resume: Whether to continue from the checkpoints of an interrupted run.
        overwrite: Whether an earlier result in `out` may be replaced.
        announce: Called with a line of text about each stage.

    Returns:
        The task, and a dictionary from split to figures.

    Raises:
        SeqkitError: `out` cannot be used, a split to evaluate is missing, or what the
            verbs themselves raise.
    """
    checkpoints = check_out(out, resume, overwrite)
    options = build_options(card, dataset)
    verb = dict(card.evaluate)
    splits = verb.pop("split", None) or []
    splits = [splits] if isinstance(splits, str) else splits
    needs = {split: "evaluate.split names it" for split in splits}
    task = build(card, dataset, announce, needs)
    for name, value in options.items():
        if value == "auto":  # what this machine made of it, also when it is resumed
            options[name] = task.config[name]
    if card.evaluate and not splits:
        splits = [task.default_split()]
    for split in splits:
        task.split(split)
    fit = dict(card.fit)
    if checkpoints is not None:
        fit |= {"checkpoint_dir": str(checkpoints), "resume": resume}
        if not resume:  # otherwise the card of the interrupted run stays
            kept = dataclasses.replace(card, build=options, seed=None, result=None)
            on_primary("card", lambda: _keep_card(kept, checkpoints))
    announce("Training")
    try:
        task.fit(**fit)
    except KeyboardInterrupt:
        # Where one of several processes is interrupted, the others are in another step.
        alone = process_count() == 1
        if task.interrupted and alone and out is not None and checkpoints is not None:
            _save_partial(task, Path(out), checkpoints, announce)
        raise
    except Diverged:
        whole_epochs = any(task.history.values())
        if out is not None and checkpoints is not None and whole_epochs:
            task.save(out)
            _remove(checkpoints)
            announce(f"Saved {out} as it was before the loss diverged")
        raise
    if out is not None:
        task.save(out)
    figures = {}
    for split in splits:
        announce(f"Evaluating {split}")
        figures[split] = task.evaluate(split, **verb)
    if out is not None and checkpoints is not None:
        if figures:
            task.save(out)
        _remove(checkpoints)
        announce(f"Saved {out}")
    return task, figures


def _remove(folder: Path) -> None:
    on_primary("remove", lambda: shutil.rmtree(folder, ignore_errors=True))


def build_options(card: Card, dataset: Any = None) -> dict[str, Any]:
    """The options of `build` in a card, its seed among them; checked."""
    options = dict(card.build)
    if card.seed is not None:
        options["seed"] = card.seed
    if dataset is not None:
        options["dataset"] = dataset
    find_recipe(card.recipe).Options.settle(options, where="build.")
    return options


def build(
    card: Card,
    dataset: Any = None,
    announce: Callable[[str], None] = print,
    needs: Mapping[str, str] | None = None,
) -> "Task":
    """The task that a card describes, untrained; `needs` as in `Task.make`."""
    options = build_options(card, dataset)
    announce(f"Building {card.recipe}")
    needed = {"needs": needs} if needs else {}
    return find_recipe(card.recipe).build(**options, **needed)


def find_learning_rate(
    card: Card, dataset: Any, announce: Callable[[str], None], **rates: Any
) -> "LearningRates":
    """What `task.find_learning_rate(**rates)` finds for the task of a card."""
    from seqkit.task.learning_rate import check_range

    check_range(**rates)  # before the work
    with current().single_steps():
        task = build(card, dataset, announce)
        announce(f"Trying {rates['steps']} learning rates")
        return task.find_learning_rate(**rates)


def load_checked(
    path: str | os.PathLike[str],
    check: "Callable[[Task], object]",
    recipe: "type[Task] | None" = None,
) -> "Task":
    """As `seqkit.load`; `check` is called with the task before its model is loaded."""
    from seqkit.task.saving import load_checked

    return load_checked(path, check, recipe=recipe)


def _save_partial(
    task: "Task", out: Path, checkpoints: Path, announce: Callable[[str], None]
) -> None:
    """Saves what an interrupted run has made, unless an earlier task would go."""
    mark = checkpoints / "saved"  # that what is in `out` is of this run
    if (out / "task.json").is_file() and not mark.is_file():
        announce(f"{out} has the earlier task still, and nothing of this run")
        return
    task.save(out)
    mark.touch()
    best = task.best_epoch
    weights = "the last weights" if best is None else f"the weights of epoch {best}"
    announce(f"Saved {out}, interrupted {task.interrupted}, with {weights}")


def _keep_card(card: Card, folder: Path) -> None:
    """Writes the card of a run beside its checkpoints, for `interrupted_card`."""
    from seqkit.task.saving import portable

    card = dataclasses.replace(card, build=portable(card.build))
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(dataclasses.asdict(card), indent=2, ensure_ascii=False)
    partial = folder / ".card.json"
    partial.write_text(text + "\n", encoding="utf-8")
    os.replace(partial, folder / "card.json")


def interrupted_card(out: str | os.PathLike[str]) -> Card:
    """The card of the interrupted run of a folder for results.

    Raises:
        SeqkitError: There is no interrupted run, or its card is damaged.
    """
    file = _checkpoints(Path(out)) / "card.json"
    if not file.is_file():
        raise SeqkitError(f"{file.parent}: no interrupted run to resume")
    try:
        contents = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SeqkitError(
            f"{file}: expected what a run writes, found something else ({error}). "
            "Name the recipe or the card again"
        ) from error
    return make_card(contents, file)


def check_out(out: Any, resume: bool = False, overwrite: bool = False) -> Path | None:
    """Refuses, before the work, a folder that the result could not go to.

    Of several processes one looks for all, since it may then write there.

    Args:
        out: Folder for the result, or `None`.
        resume: Whether an interrupted run is to be continued.
        overwrite: Whether an earlier result may be replaced.

    Returns:
        The folder for checkpoints, `OUT.training`, or `None` without `out`.

    Raises:
        SeqkitError: `out` holds a result or other things, there is nothing to resume,
            or an interrupted run is in the way.
    """
    on_primary("out", lambda: _check_out(out, resume, overwrite))
    return None if out is None else _checkpoints(Path(out))


def _check_out(out: Any, resume: bool, overwrite: bool) -> None:
    if out is None:
        if resume:
            raise SeqkitError("--resume: name the run to continue with --out")
        return
    out = Path(out)
    check_folder(out, own="task.json")
    checkpoints = _checkpoints(out)
    interrupted = checkpoints.is_dir() and any(checkpoints.iterdir())
    if interrupted and not resume:
        raise SeqkitError(
            f"{checkpoints}: an interrupted run. Continue it with --resume, or delete "
            "that folder to begin again"
        )
    if resume and not interrupted:
        raise SeqkitError(f"{checkpoints}: no interrupted run to resume")
    if (out / "task.json").is_file() and not overwrite and not resume:
        raise SeqkitError(
            f"{out}: expected a new or an empty folder, found a trained task. Choose "
            "another folder, or replace the task with --overwrite"
        )


def _checkpoints(out: Path) -> Path:
    return out.with_name(f"{out.resolve().name}.training")


def check_folder(folder: Any, own: str | None = None) -> None:
    """Refuses a folder for results that holds something else.

    Args:
        folder: Where results shall go.
        own: A file that marks an earlier result.

    Raises:
        SeqkitError: It is a file, is not empty, or cannot be made.
    """
    folder = Path(folder)
    try:
        folder.resolve()
        if folder.is_dir():
            if any(folder.iterdir()) and not (own and (folder / own).is_file()):
                raise SeqkitError(
                    f"{folder}: expected a new or an empty folder, found other files "
                    "in it"
                )
        elif folder.exists():
            raise SeqkitError(f"{folder}: expected a folder, found a file")
        parents = [parent for parent in folder.absolute().parents if parent.exists()]
    except SeqkitError:
        raise
    except OSError as error:
        raise SeqkitError(f"{folder}: cannot be used: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        found = str(folder)
        raise SeqkitError(f"{found!r}: cannot be used: {error}") from error
    if not parents[0].is_dir():
        raise SeqkitError(f"{parents[0]}: expected a folder, found a file")
    try:  # the permissions do not tell all, in /sys for example
        tempfile.TemporaryDirectory(dir=parents[0]).cleanup()
    except OSError as error:
        raise SeqkitError(
            f"{parents[0]}: no folder can be made here: {error.strerror}"
        ) from error
