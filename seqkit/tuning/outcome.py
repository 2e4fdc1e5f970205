"""What a study has found: the best card, a table of the trials, what mattered."""

import csv
import dataclasses
import io
import os
from pathlib import Path
from typing import Any

from seqkit.cards import Card
from seqkit.options.yaml import write_yaml
from seqkit.tuning.space import Space


@dataclasses.dataclass(frozen=True)
class Tuned:
    """What a study has found.

    Attributes:
        card: The best card, with its result and without ranges; `None` if no trial has
            ended.
        value: Its figure on validation.
        metric: The name of the figure.
        direction: `maximize` or `minimize`.
        trials: The trials in order: number, state, value, epochs, seconds, each option
            by its name, error.
        importance: Option to its share in how the figure differs between trials, the
            largest first (PED-ANOVA, Watanabe et al. 2023); empty for too few trials.
        study: The `optuna.Study`, for its plots.
    """

    card: Card | None
    value: float | None
    metric: str
    direction: str
    trials: list[dict[str, Any]]
    importance: dict[str, float]
    study: Any


def outcome_of(study: Any, space: Space, dataset: Any, metric: str) -> Tuned:
    """What a study has found so far."""
    from optuna.trial import TrialState

    done = study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
    card = value = None
    if done:
        best = study.best_trial
        card, value = space.card_of(best.params), best.value
        figures = best.user_attrs.get("figures", {metric: value})
        result = {
            "validation": {k: float(f"{v:.6g}") for k, v in figures.items()},
            "trial": best.number,
            "trials": len([one for one in study.trials if _ended(one)]),
            "study": study.study_name,
        }
        build = dict(card.build)
        if isinstance(dataset, str | os.PathLike):
            build["dataset"] = str(dataset)
        elif isinstance(dataset, dict) and all(
            isinstance(one, str | os.PathLike) for one in dataset.values()
        ):
            build["dataset"] = {split: str(one) for split, one in dataset.items()}
        card = dataclasses.replace(card, build=build, result=result)
    return Tuned(
        card=card,
        value=value,
        metric=metric,
        direction=study.direction.name.lower(),
        trials=[_row(one, space) for one in study.trials if _ended(one)],
        importance=_importance(study, done),
        study=study,
    )


def _ended(trial: Any) -> bool:
    name = trial.state.name
    return name in ("COMPLETE", "PRUNED") or "error" in trial.user_attrs


def _row(trial: Any, space: Space) -> dict[str, Any]:
    states = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}
    return {
        "trial": trial.number,
        "state": states[trial.state.name],
        "value": trial.value if trial.state.name == "COMPLETE" else None,
        "epochs": trial.user_attrs.get("epochs"),
        "seconds": trial.user_attrs.get("seconds"),
        **{name: trial.params.get(name) for name in space.ranges},
        "error": trial.user_attrs.get("error"),
    }


def _importance(study: Any, done: list) -> dict[str, float]:
    from optuna.importance import get_param_importances

    if len(done) < 4 or len({trial.value for trial in done}) < 2:
        return {}
    try:
        found = get_param_importances(study)
    except (ValueError, RuntimeError):  # values that do not differ
        return {}
    return {name: round(float(share), 3) for name, share in found.items()}


def write_outcome(tuned: Tuned, out: Path) -> None:
    """Writes `best.yaml` and `trials.csv` into the folder for results."""
    if tuned.card is not None:
        card = dataclasses.asdict(tuned.card)
        kept = {k: v for k, v in card.items() if v not in (None, "", {})}
        _replace(out / "best.yaml", write_yaml(kept))
    if tuned.trials:
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, list(tuned.trials[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(tuned.trials)
        _replace(out / "trials.csv", table.getvalue())


def _replace(file: Path, text: str) -> None:
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, file)
