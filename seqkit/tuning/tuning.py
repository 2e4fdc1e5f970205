"""Tuning a card: the study from its beginning to the best card."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from seqkit.cards import Card, load_card
from seqkit.errors import ArgumentError, SeqkitError
from seqkit.options import Count, Options, Positive, option
from seqkit.runs import check_folder
from seqkit.tuning import studies
from seqkit.tuning.outcome import Tuned, outcome_of, write_outcome
from seqkit.tuning.space import Space
from seqkit.tuning.trials import Trials, build


class _Arguments(Options):
    trials: Count = option(20)
    jobs: Count = option(1)
    timeout: Positive | None = option(None)


def tune(
    card: Card | str | os.PathLike[str],
    dataset: Any = None,
    *,
    trials: int = 20,
    out: str | os.PathLike[str] | None = None,
    jobs: int = 1,
    timeout: float | None = None,
    storage: str | None = None,
    keep: bool = False,
    imports: Iterable[str] = (),
    announce: Callable[[str], None] = print,
) -> Tuned:
    """Tries options of a card over the ranges in its section `tune`, with Optuna.

    The first trial is the card as it stands. Each trial trains from the card's seed,
    and is compared on validation, never on test. Calling this again with the same card
    and folder continues. Trials that fail, for want of memory or because options do not
    go together, are recorded, and the study goes on.

    Args:
        card: A card with a section `tune`, or its file.
        dataset: In place of the card's dataset.
        trials: How many trials the study shall have, earlier ones and those of other
            processes included.
        out: Folder for `best.yaml`, `trials.csv` and the study (`study.db`); `None`
            keeps all in memory.
        jobs: How many processes run trials at once.
        timeout: Seconds after which no epoch begins. A trial that this ends does not
            count.
        storage: Address of a storage of Optuna, such as `postgresql://…`, that
            processes on several machines share, instead of `study.db`.
        keep: Whether to save the trained task of each trial in `OUT/trials`.
        imports: Modules that the processes of `jobs` import first, so that the parts
            that they register are known.
        announce: Called with a line of text about each stage.

    Raises:
        SeqkitError: The card has no ranges, or mistakes; the data have no validation
            split; or no trial was completed.

    >>> import seqkit
    >>> seqkit.tune("card.yaml", trials=0)
    Traceback (most recent call last):
    seqkit.errors.ArgumentError: trials: expected an integer from 1, found 0
    """
    _Arguments.settle({"trials": trials, "jobs": jobs, "timeout": timeout})
    card = card if isinstance(card, Card) else load_card(card)
    if not card.tune:
        raise SeqkitError(
            "tune: expected a card with this section, found none. For example:\n"
            "tune:\n  build:\n    hidden_dim: {choices: [64, 128]}\n"
            "    learning_rate: {low: 1.0e-4, high: 1.0e-2, log: true}"
        )
    _check(dataset, out, jobs, storage, keep)
    space, end = Space(card), time.monotonic() + (timeout or float("inf"))
    task = build(space.card_of({}), dataset)
    metric, direction = _figure(space, task)
    del task
    if out is not None:
        Path(out).mkdir(parents=True, exist_ok=True)
    with studies.quietly():
        study = studies.open_study(card, studies.address(out, storage), direction)
        studies.take_back(study)
        _begin(study, space, dataset, announce)
        better = {"maximize": "higher", "minimize": "lower"}[direction]
        announce(f"Tuning {metric} on validation, {better} is better")
        try:
            if jobs > 1:
                from seqkit.tuning.workers import run_workers

                run_workers(
                    study,
                    card,
                    dataset,
                    metric,
                    trials,
                    out,
                    storage,
                    jobs,
                    end,
                    keep,
                    imports,
                )
            else:
                run = Trials(
                    study,
                    space,
                    dataset,
                    metric,
                    stop=lambda: time.monotonic() > end,
                    say=announce,
                    keep=None if not keep else Path(out or "") / "trials",
                )
                run.run(trials, begin_lock(out))
        finally:
            tuned = outcome_of(study, space, dataset, metric)
            if out is not None:
                write_outcome(tuned, Path(out))
        if time.monotonic() > end:
            announce(f"The time is up, with {len(tuned.trials)} of {trials} trials")
    if tuned.card is None:
        errors = [one["error"] for one in tuned.trials if one["error"]]
        reason = f"; the last failed: {errors[-1]}" if errors else ""
        raise SeqkitError(
            f"expected at least one trial that ends, found none among "
            f"{len(tuned.trials)}{reason}"
        )
    return tuned


def begin_lock(out: Any) -> Any:
    """What a process of this machine holds while it begins a trial."""
    from filelock import FileLock

    if out is None:
        return contextlib.nullcontext()
    return FileLock(Path(out) / ".begin.lock")


def _check(dataset: Any, out: Any, jobs: int, storage: Any, keep: bool) -> None:
    """Refuses arguments that do not go together, before the work."""
    problems = []
    if out is not None:
        if (Path(out) / ".begin.lock").is_file():
            check_folder(out, own=".begin.lock")
        else:
            check_folder(out, own=studies.DATABASE)
    elif jobs > 1:
        problems.append("jobs: expected a folder (out) for several processes")
    elif keep:
        problems.append("keep: expected a folder (out) for the trained tasks")
    files = dataset.values() if isinstance(dataset, dict) else [dataset]
    if jobs > 1 and not all(isinstance(one, str | os.PathLike | None) for one in files):
        problems.append(
            "jobs: expected files, a folder or a hub id for several processes, found a "
            "dataset in memory. Take jobs=1, or save it"
        )
    try:
        import optuna  # noqa: F401
    except ImportError:
        problems.append("tune: expected Optuna. Install seqkit[tune]")
    if problems:
        raise ArgumentError(problems)


def _figure(space: Space, task: Any) -> tuple[str, str]:
    """The figure that decides, and its direction."""
    from seqkit.metrics import lower_is_better

    (monitor, names), settings = task.monitored() or ("loss", ()), space.settings
    # Without names it is one of Keras's own figures.
    metric = settings.metric or (monitor if names else f"val_{monitor}")
    known = "minimize" if lower_is_better(metric) else "maximize"
    return metric, settings.direction or known


def _begin(study: Any, space: Space, dataset: Any, announce: Callable) -> None:
    """Makes the card as it stands the first trial, or says what goes on."""
    if study.trials:
        announce(f"Continuing a study of {studies.count(study)} trials")
        return
    own, outside = space.own(dataset)
    if outside:
        listed = ", ".join(f"{name} {own[name]}" for name in outside)
        announce(f"The card as it stands is not tried, since no range holds {listed}")
    else:
        study.enqueue_trial(own, skip_if_exists=True)
