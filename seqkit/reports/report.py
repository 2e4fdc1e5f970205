"""A report: how good a model is on a split, as a dictionary and as a page."""

import contextlib
import json
import math
import os
import uuid
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from seqkit.errors import FileError, SeqkitError
from seqkit.reports.judgement import Example, Judgement
from seqkit.reports.sections import (
    by_length,
    calibration,
    confused_pairs,
    intervals,
    lengths_of,
)


class Report:
    """How good a model is on a split, in detail.

    As the last expression of a notebook's cell it is displayed; `print(report)` shows
    its figures.

    Attributes:
        data: What `as_dict` returns.
        views: Of each of the worst examples, the name of a view to its HTML.
    """

    def __init__(self, data: dict[str, Any], views: list[dict[str, str]]):
        self.data, self.views = data, views

    def as_dict(self) -> dict[str, Any]:
        """All that the page shows, except views, as plain dictionaries and lists.

        `figures`, `by_label`, `by_length`, `confusion`, `confused`, `calibration`,
        `history`, `worst`, and what they are of: `recipe`, `split`, `examples`, `task`,
        `samples` and `seed`. Sections that a recipe has nothing for are missing. A
        figure is a dictionary of `value`, `low` and `high`, a count a number.
        """
        return self.data

    def to_html(self) -> str:
        """The page: one file, with all that it needs in it."""
        from seqkit.reports.page import page

        return page(self.data, self.views)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page into a file, whole or not at all.

        Raises:
            SeqkitError: The file cannot be written.
        """
        text = self.to_html()
        path = Path(path)
        partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(text, encoding="utf-8", errors="replace")
            os.replace(partial, path)
        except OSError as error:
            with contextlib.suppress(OSError):
                partial.unlink()
            raise FileError(error) from error

    def __str__(self) -> str:
        head = f"{self.data['recipe']}, {self.data['split']}: "
        rows = [head + f"{self.data['examples']:,} examples"]
        figures = self.data["figures"]
        width = max(map(len, figures), default=0)
        for name, one in figures.items():
            rows.append(f"  {name:<{width}}  {figure_text(one)}".rstrip())
        return "\n".join(rows)

    def _repr_html_(self) -> str:
        source = escape(self.to_html(), quote=True)
        return (
            f'<iframe srcdoc="{source}" title="report" '
            'style="width:100%;height:40em;border:0"></iframe>'
        )


def figure_text(one: Any) -> str:
    """A figure with its interval, in a few digits."""
    if not isinstance(one, Mapping):
        return f"{one:,}"
    text = f"{one['value']:.4g}"
    if one.get("low") is not None:
        text += f"  [{one['low']:.4g}, {one['high']:.4g}]"
    return text


def make_report(
    judgement: Judgement,
    split: Any,
    fields: Mapping[str, Any],
    *,
    about: Mapping[str, Any],
    history: Mapping[str, list[float]],
    views: Callable[[Example], Mapping[str, Any]],
    examples: int,
    samples: int,
    seed: int,
) -> Report:
    """Makes a report of a `Judgement`.

    Args:
        split: The examples of the split, a `datasets.Dataset` or rows.
        fields: Column to its `seqkit.task.Field`.
        about: What the report is of: `recipe`, `split`, `task` (a line of text by
            name).
        history: Figures of each epoch of training.
        views: From an `Example` to views of it, objects with `to_html`.
        examples: How many of the worst examples are shown.
        samples, seed: Of the bootstrap.
    """
    measures, rows = judgement.measures, judgement.rows
    rows = np.arange(len(split)) if rows is None else np.asarray(rows)
    figures, tables = intervals(measures, samples, seed)
    details = {
        name: one for name, one in measures.figures.items() if isinstance(one, str)
    }
    data: dict[str, Any] = {**about, "examples": len(rows), "figures": figures}
    data |= {"samples": samples, "seed": seed, "signatures": details}
    if any(history.values()):
        data["history"] = {name: list(line) for name, line in history.items()}
    if tables:
        data["by_label"] = tables
    columns = {name: _column(split, name, rows) for name in fields if _has(split, name)}
    lengths = lengths_of(columns, fields) if measures.statistics else None
    if lengths is not None:
        groups = by_length(measures, lengths[0], samples, seed)
        data["by_length"] = {"unit": lengths[1], "groups": groups}
    confusion = measures.figures.get("confusion")
    if confusion is not None:
        data["confusion"] = confusion
    elif judgement.confused is not None:
        confusion = judgement.confused()
    if confusion:
        data["confused"] = confused_pairs(confusion)
    outcomes = measures.statistics.get("calibration")
    if outcomes is None and judgement.calibration is not None:
        outcomes = judgement.calibration()
    if outcomes is not None:
        data["calibration"] = calibration(outcomes, samples, seed)
    worst = _worst(judgement, split, rows, fields, examples)
    shown = [_views(views, one) for one in worst]
    if worst:
        data["ranked_by"] = judgement.ranked_by
        data["worst"] = [_plain_example(one) for one in worst]
    return Report(_finite(data), shown)


def _has(split: Any, name: str) -> bool:
    return name in getattr(split, "column_names", ())


def _column(split, name, rows):
    return split[name] if len(rows) == len(split) else split.select(rows)[name]


def _worst(judgement, split, rows, fields, count):
    if judgement.losses is None or not count:
        return []
    losses = np.nan_to_num(np.asarray(judgement.losses(), "float64"), nan=0.0)
    order = np.argsort(-losses, kind="stable")[:count]
    found = []
    for number in order[losses[order] > 0]:
        row = split[int(rows[number])]
        parts = {True: {}, False: {}}
        for name, field in fields.items():
            if name in row:
                parts[field.target][name] = row[name]
        answer = None if judgement.found is None else judgement.found(int(number))
        loss = float(losses[number])
        found.append(
            Example(int(rows[number]), parts[False], parts[True], answer, loss)
        )
    return found


def _views(views, example):
    try:
        found = views(example)
    except SeqkitError:  # a model that cannot be looked into
        return {}
    return {name: view.to_html() for name, view in found.items()}


def _plain_example(example):
    return {
        "row": example.row,
        "loss": example.loss,
        "inputs": {name: _plain(one) for name, one in example.inputs.items()},
        "expected": {name: _plain(one) for name, one in example.expected.items()},
        "found": _plain(example.found),
    }


def _plain(value: Any) -> Any:
    if hasattr(value, "as_dict"):
        return {**value.as_dict(), "as_text": str(value)}
    plain = value is None or isinstance(value, str | int | float | list | dict)
    return value if plain else str(value)


def _finite(value: Any) -> Any:
    """The same with `None` in place of numbers that JSON does not have."""
    if isinstance(value, Mapping):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return json.loads(json.dumps(value, default=str))
