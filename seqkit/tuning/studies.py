"""The study of a card in Optuna's storage: opening it, and counting its trials."""

import contextlib
import hashlib
import json
import os
import platform
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seqkit.cards import Card
from seqkit.errors import SeqkitError

DATABASE = "study.db"


def me() -> str:
    """The process that runs a trial."""
    return f"{platform.node()}:{os.getpid()}"


def name_of(card: Card) -> str:
    """The name of a card's study: another card, another name."""
    rests_on = [card.recipe, card.build, card.fit, card.evaluate, card.seed, card.tune]
    text = json.dumps(rests_on, sort_keys=True, default=str)
    recipe = card.recipe.rpartition(":")[2].lower()
    return f"{recipe}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def address(out: Any, storage: str | None) -> str | None:
    """Where a study is stored: what is given, or a file in the folder for results."""
    if storage is not None or out is None:
        return storage
    return f"sqlite:///{Path(out).absolute() / DATABASE}"


def open_study(card: Card, storage: str | None, direction: Any) -> Any:
    """Begins the study of a card, or continues it."""
    import optuna

    place = None
    if storage is not None:
        place = make_storage(storage)
        names = optuna.get_all_study_names(place)
        own_file = f"{os.sep}{DATABASE}" in storage and storage.startswith("sqlite:")
        if own_file and names and name_of(card) not in names:
            raise SeqkitError(
                f"{storage.removeprefix('sqlite:///')}: expected the study of this "
                f"card, found that of another ({', '.join(names)}). Choose another "
                "folder, or take the card that it was begun with"
            )
    return optuna.create_study(
        study_name=name_of(card),
        storage=place,
        direction=direction,
        load_if_exists=place is not None,
    )


def make_storage(storage: str, tries: int = 5) -> Any:
    """Optuna's storage; processes that begin it at the same time try again."""
    import optuna

    sqlite = storage.startswith("sqlite")
    options = {"connect_args": {"timeout": 100}} if sqlite else {}
    try:
        return optuna.storages.RDBStorage(storage, engine_kwargs=options)
    except Exception as error:  # of SQLAlchemy, of its drivers, of Optuna
        reason = (str(error) or type(error).__name__).splitlines()[0]
        if tries > 1 and re.search("unique|duplicate|already exists", reason, re.I):
            time.sleep(0.5)  # another process is making the tables
            return make_storage(storage, tries - 1)
        raise SeqkitError(
            f"{storage}: expected a storage of Optuna, as sqlite:///FILE or "
            f"postgresql://…, found {reason}"
        ) from error


def settled(trial: Any) -> bool:
    """Whether a trial counts: it is going on, or has ended by itself."""
    name = trial.state.name
    return name in ("COMPLETE", "PRUNED", "RUNNING") or "error" in trial.user_attrs


def count(study: Any) -> int:
    """The number of trials that count."""
    return sum(settled(trial) for trial in study.get_trials(deepcopy=False))


def sampler(kind: str, seed: int) -> Any:
    """A sampler of Optuna."""
    from optuna import samplers

    if kind == "random":
        return samplers.RandomSampler(seed=seed)
    return samplers.TPESampler(n_startup_trials=5, seed=seed)


def pruner(kind: str) -> Any:
    """A pruner of Optuna."""
    from optuna import pruners

    if kind == "median":
        return pruners.MedianPruner(n_startup_trials=3)
    return pruners.HyperbandPruner() if kind == "hyperband" else pruners.NopPruner()


def take_back(study: Any, error: str | None = None) -> None:
    """Ends the trials that processes of this machine left when they were killed.

    With an error they count as failed; without one they are tried again.
    """
    from optuna.trial import TrialState

    for trial in study.get_trials(deepcopy=False, states=[TrialState.RUNNING]):
        host, _, process = trial.user_attrs.get("by", "").rpartition(":")
        if host != platform.node() or _runs(int(process)):
            continue
        if error is not None:
            study._storage.set_trial_user_attr(trial._trial_id, "error", error)
        study.tell(trial.number, state=TrialState.FAIL)
        if error is None:
            study.enqueue_trial(trial.params)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return process != os.getpid()


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Context in which Optuna says nothing: the trials are told of here."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
