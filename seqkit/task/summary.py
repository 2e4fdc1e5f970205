"""A task at a glance: what `print(task)` and a notebook show."""

import html
from typing import TYPE_CHECKING

from seqkit.task.saving import portable

if TYPE_CHECKING:
    from seqkit.task.task import Task


def lines(task: "Task") -> dict[str, str]:
    """Label to a line of text, in order; what is unknown is left out."""
    found = {"recipe": task.recipe, "data": _data(task), "model": _model(task)}
    options = dict(task.options)
    if "num_beams" in options:
        beams = options["num_beams"]
        found["decoding"] = f"beam search, {beams} beams" if beams > 1 else "greedy"
    epochs = len(next(iter(task.history.values()), ()))
    figures = ", ".join(f"{k} {v[-1]:.4g}" for k, v in task.history.items() if v)
    counted = "1 epoch" if epochs == 1 else f"{epochs} epochs"
    found["training"] = f"{counted}: {figures}" if epochs else "not trained"
    for split, scores in task.results.items():
        numbers = [(k, v) for k, v in scores.items() if isinstance(v, int | float)]
        shown = ", ".join(f"{name} {value:.4g}" for name, value in numbers[:6])
        found[f"result on {split}"] = shown
    return found


def _data(task: "Task") -> str:
    origin = portable(task.config)["dataset"]
    if isinstance(origin, dict):  # files by split, or: in memory, and what
        parts = (f"{key.replace('_', ' ')} {of}" for key, of in origin.items())
        origin = ", ".join(parts)
    if origin is None:
        origin = "embedded sample"
    elif task._splits is not None:
        origin = task.splits.origin
    sizes = (f"{name} {size:,}" for name, size in task.split_sizes.items())
    counts = ", ".join(sizes)
    return f"{origin}: {counts}" if counts else f"{origin}, not read yet"


def _model(task: "Task") -> str:
    model = task.model
    architecture = getattr(task.options, "architecture", None)
    name = type(model).__name__ + (f" ({architecture})" if architecture else "")
    return f"{name}, {model.count_params():,} parameters" if model.built else name


def as_text(task: "Task") -> str:
    """The lines, aligned."""
    found = lines(task)
    width = max(map(len, found))
    return "\n".join(f"{label:<{width}}  {text}" for label, text in found.items())


def as_html(task: "Task") -> str:
    """The lines as a small table."""
    rows = "".join(
        f"<tr><th style='text-align:left'>{html.escape(label)}</th>"
        f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
        for label, text in lines(task).items()
    )
    return f"<table>{rows}</table>"
