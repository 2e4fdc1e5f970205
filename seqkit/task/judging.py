"""A report on a split, and comparisons with other tasks on the same examples."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from seqkit.errors import SeqkitError
from seqkit.options import groups
from seqkit.task.saving import load, portable

if TYPE_CHECKING:
    from seqkit.reports import Comparison, Report
    from seqkit.task.task import Task


def report(
    task: "Task",
    split: str | None,
    dataset: Any,
    settings: Mapping[str, Any],
    options: Mapping[str, Any],
) -> "Report":
    """What `Task.report` does."""
    from seqkit.reports import make_report

    chosen = groups.Report.settle(settings)
    settled = task.evaluation(options)
    with task.lent(dataset, split):
        split = split or task.default_split()
        examples = task.split(split)
        about: dict[str, Any] = {"recipe": task.recipe, "split": split}
        about["task"] = {
            name: line
            for name, line in task.summary().items()
            if name != "recipe" and not name.startswith("result on ")
        }
        return make_report(
            task.judged(split, settled, detailed=True),
            examples,
            task.fields,
            about=about,
            history=task.history,
            views=task.views,
            **dict(chosen),
        )


def compare(
    runs: "Sequence[str | os.PathLike[str] | Task] | Mapping[str, Task]",
    split: str | None = None,
    *,
    dataset: Any = None,
    samples: int = 1000,
    seed: int = 12345,
    **options: Any,
) -> "Comparison":
    """Whether tasks of one recipe differ by more than chance on the same examples.

    Paired bootstrap and approximate randomization tests, as sacreBLEU has them for
    translations, for every figure of the recipe.

    Args:
        runs: At least two tasks, or folders of saved ones, or tasks by name. The first
            is the baseline.
        split: The split, by default test, or validation if there is no test.
        dataset: Another dataset for all of them, in place of their own.
        samples, seed: How many resamples and exchanges are drawn, and the seed.
        options: Those of `evaluate`, as far as the recipe takes them.

    Returns:
        A `seqkit.reports.Comparison`; `print` shows a table.

    Raises:
        SeqkitError: Recipes, or the examples of the split, differ.
    """
    from seqkit.reports import make_comparison

    if isinstance(runs, str | os.PathLike) or len(runs) < 2:
        found = runs if isinstance(runs, str | os.PathLike) else len(runs)
        raise SeqkitError(f"compare: expected at least two runs, found {found}")
    chosen = groups.Samples.settle({"samples": samples, "seed": seed})
    names = list(runs) if isinstance(runs, Mapping) else _names(runs)
    tasks = list(runs.values()) if isinstance(runs, Mapping) else list(runs)
    tasks = [load(one) if isinstance(one, str | os.PathLike) else one for one in tasks]
    recipes = [task.recipe for task in tasks]
    if len(set(recipes)) > 1:
        listed = ", ".join(map(" of ".join, zip(recipes, names, strict=True)))
        raise SeqkitError(
            f"compare: expected runs of one recipe, found {listed}. Figures of "
            "different recipes cannot be compared"
        )
    settled = [task.evaluation(options) for task in tasks]
    judgements, first = {}, None
    for name, task, options_ in zip(names, tasks, settled, strict=True):
        with task.lent(dataset, split):
            split = split or task.default_split()
            examples = task.split(split)
            if first is None:
                first = name, examples
            else:
                _check_same(task.fields, split, first, (name, examples))
            judgements[name] = task.judged(split, options_)
    about = {"recipe": tasks[0].recipe, "split": split}
    about["dataset"] = portable({"dataset": dataset or tasks[0].options.dataset})[
        "dataset"
    ]
    return make_comparison(judgements, about=about, **dict(chosen))


def _names(runs):
    """A name for each run, no two alike."""
    names = []
    for number, one in enumerate(runs):
        name = str(one) if isinstance(one, str | os.PathLike) else f"task {number + 1}"
        names.append(f"{name} ({number + 1})" if name in names else name)
    return names


def _check_same(fields, split, first, other):
    """Refuses another number of examples, or other ones."""
    (name, mine), (other_name, its) = first, other
    fix = "Give a dataset, on which all are evaluated: dataset=, or --dataset"
    if len(mine) != len(its):
        raise SeqkitError(
            f"compare: expected the same examples in the split {split} of all runs, "
            f"found {len(mine):,} in that of {name} and {len(its):,} in that of "
            f"{other_name}. {fix}"
        )
    known = [getattr(one, "column_names", None) for one in (mine, its)]
    columns = [one for one in fields if all(one in (names or ()) for names in known)]
    columns = [one for one in columns if fields[one].kind not in ("image", "audio")]
    for column in columns:
        pairs = zip(mine[column], its[column], strict=True)
        for row, (one, another) in enumerate(pairs):
            if one != another:
                raise SeqkitError(
                    f"compare: expected the same examples in the split {split} of all "
                    f"runs, found in row {row}, {column}, {_brief(one)} in that of "
                    f"{name} and {_brief(another)} in that of {other_name}. {fix}"
                )


def _brief(value):
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
