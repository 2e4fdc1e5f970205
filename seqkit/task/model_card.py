"""The model card of a task: its data, options and figures, as the Hub shows them."""

import inspect
import json
import math
import os
import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from seqkit.task.card_text import FILE as CARD
from seqkit.task.card_text import LICENSE_UNKNOWN, CardText, take_apart
from seqkit.task.reporting import report
from seqkit.task.saving import portable
from seqkit.task.summary import lines

if TYPE_CHECKING:
    from seqkit.task.task import Task

_PLACES = ("dataset", "cache_dir")
"""Options that say where something lies on a machine."""
_INPUTS = {
    "text": '["A text."]',
    "words": '["A text."]',
    "image": '["picture.jpg"]',
    "audio": '["sound.wav"]',
    "points": "[[[0.1, 0.2], [0.9, 0.1], [0.5, 0.8]]]",
}
_PLAIN = re.compile(r"[\w./ -]+")
_WHERE = ("in the repository, whose history keeps it", "in the card that was loaded")
_LONGEST = 300  # characters of a value


def model_card(task: "Task", name: str) -> CardText:
    """The card of a task that is called `name`; equal tasks have equal cards."""
    from huggingface_hub import EvalResult, ModelCardData

    origin, hub_id = _origin(task)
    results = [
        EvalResult(
            task_type=task.pipeline_tag or task.recipe,
            dataset_type=hub_id or _one_line(origin),
            dataset_name=_one_line(origin),
            dataset_split=_one_line(split),
            metric_type=_one_line(figure),
            metric_value=float(f"{value:.6g}"),
        )
        for split, scores in task.results.items()
        for figure, value in scores.items()
        if isinstance(value, float) and math.isfinite(value)
    ]
    figures = dict.fromkeys(result.metric_type for result in results)
    data = ModelCardData(
        library_name="seqkit",
        pipeline_tag=task.pipeline_tag,
        license=LICENSE_UNKNOWN,
        tags=["seqkit", "keras", task.recipe],
        datasets=[hub_id] if hub_id else None,
        metrics=list(figures) or None,
        model_name=_one_line(name) if results else None,
        eval_results=results or None,
    )
    parts = [
        f"# {name if _PLAIN.fullmatch(name) else code(name)}",
        _about(task),
        *("## Use", _use(task, name)),
        *(
            "## Data",
            f"Trained on {origin if _is_words(task) else code(origin)}.",
            _sizes(task),
        ),
        *("## Model and training", _model(task)),
        *("### Options that differ from the defaults", _options(task)),
        *("## Results", _results(task)),
        *("## Limits", _limits(task)),
    ]
    return CardText(data.to_dict(), "\n\n".join(parts))


def card_at(
    task: "Task",
    name: str,
    there: str | None,
    *,
    own_first: bool = False,
    license: str | None = None,
) -> str | None:
    """The text of a task's card for a place that may have one, `None` to keep that.

    Args:
        task: The task; it has the text of the card that it was loaded with.
        name: What the card calls it.
        there: The text of the card that is there, or `None`.
        own_first: Whether the user's text in the card of the task comes before what
            is written there.
        license: The licence, if it is to be another one.
    """
    cards = [
        None if text is None else take_apart(text) for text in (there, task.card_text)
    ]
    if there is not None and cards[0] is None:
        report(f"{CARD}: kept as it is, since the marks of seqkit's part are not in it")
        return None
    before = [
        card for card in (cards[::-1] if own_first else cards) if card is not None
    ]
    before.sort(key=lambda card: not card.edited)
    try:
        card = model_card(task, name)
    except Exception as error:
        # A card that a recipe's own figures break is no reason to lose the model.
        report(f"{CARD}: not written ({type(error).__name__}: {error})")
        return None
    for one in before:
        card = card.over(one)
    if license is not None:
        card = card._replace(metadata={**card.metadata, "license": license})
    own = [(one.above.strip(), one.below.strip()) for one in before if one.edited]
    if own:
        report(f"{CARD}: the text above and below seqkit's part is kept")
    if len(set(own)) > 1:
        report(f"{CARD}: another text of yours, {_WHERE[not own_first]}, is not taken")
    return str(card)


def _about(task: "Task") -> str:
    doc = inspect.cleandoc(type(task).__doc__ or "").partition("\n\n")[0]
    try:
        made = f"seqkit {version('seqkit')}"
    except PackageNotFoundError:  # it is used from its sources
        made = "seqkit"
    about = f"{' '.join(doc.split())} " if doc else ""
    return f"{about}The recipe is {code(task.recipe)} of {made}."


def _use(task: "Task", name: str) -> str:
    kinds = [f.kind for f in task.fields.values() if not f.target and not f.optional]
    inputs = _INPUTS.get(kinds[0] if len(kinds) == 1 else "", "inputs")
    # On one line of their own, neither of which can be the end of the block.
    lines = ["import seqkit", "", f"task = seqkit.load({json.dumps(name)})"]
    return "\n".join(["```python", *lines, f"task.predict({inputs})", "```"])


def _origin(task: "Task") -> tuple[str, str | None]:
    """What the data are called, without the folders of a machine; and a hub id."""
    dataset = portable(task.config)["dataset"]
    if dataset is None:
        return "the sample that seqkit generates", None
    if isinstance(dataset, dict):
        if "in_memory" in dataset:
            return f"a {dataset['in_memory']} in memory", None
        files = (f"{split} {os.path.basename(file)}" for split, file in dataset.items())
        return ", ".join(files), None
    read = task._splits is not None and str(task.splits.origin).startswith("hub ")
    return (dataset, dataset) if read else (os.path.basename(dataset.rstrip("/")), None)


def _is_words(task: "Task") -> bool:
    """Whether the name of the data is seqkit's own."""
    dataset = portable(task.config)["dataset"]
    return dataset is None or "in_memory" in dataset and isinstance(dataset, dict)


def _sizes(task: "Task") -> str:
    rows = [(code(split), f"{size:,}") for split, size in task.split_sizes.items()]
    return _table(("split", "examples"), rows) if rows else "Not read yet."


def _model(task: "Task") -> str:
    shown = {k: v for k, v in lines(task).items() if k in ("model", "decoding")}
    shown["training"] = lines(task)["training"]
    return _table(("", ""), [(label, code(text)) for label, text in shown.items()])


def _options(task: "Task") -> str:
    options, values = type(task.options), portable(task.config)
    rows = []
    for name, value in values.items():
        others = {k: v for k, v in task.config.items() if k != name}
        default = portable({"dataset": None, name: options.filled(others)[name]})[name]
        if name not in _PLACES and value != default:
            rows.append((code(name), code(_shown(value)), code(_shown(default))))
    if not rows:
        return "None."
    said = "Given, or settled from the data.\n\n"
    return said + _table(("option", "value", "default"), rows)


def _shown(value: Any) -> str:
    if isinstance(value, str) and os.path.isabs(value):
        return os.path.basename(value)
    return {None: "null", True: "true", False: "false"}.get(
        value if value is None or isinstance(value, bool) else "", str(value)
    )


def _results(task: "Task") -> str:
    tables = []
    for split, scores in task.results.items():
        rows = [
            (code(name), f"{value:.4g}" if isinstance(value, float) else code(value))
            for name, value in scores.items()
            if isinstance(value, float | int | str)
        ]
        tables.append(f"On {code(split)}:\n\n{_table(('figure', 'value'), rows)}")
    return "\n\n".join(tables) or "Not evaluated."


def _limits(task: "Task") -> str:
    options, said = task.options, []
    if options.dataset is None:
        said.append("The data are generated: a model of them is good for a trial only.")
    else:
        said.append(
            "The figures hold for texts, images or sounds like those it was trained "
            "on; others may be answered worse, and with no less confidence."
        )
    if (most := getattr(options, "max_length", None)) is not None:
        said.append(f"`max_length` is {most}. {type(options).meaning('max_length')}")
    if "test" not in task.results:
        said.append("There are no figures of a test split.")
    said.append("The licence is what `license` at the head of this file says.")
    return "\n".join(f"- {one}" for one in said)


def _one_line(text: Any) -> str:
    text = "".join(c if c.isprintable() else " " for c in str(text))
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def code(text: Any) -> str:
    """A text as Markdown shows it literally, on one line, in a table too.

    >>> from seqkit.task.model_card import code
    >>> print(code("a|b"), code("<b>`x`</b>"))
    `a\\|b` `` <b>`x`</b> ``
    """
    text = _one_line(text).replace("|", r"\|")
    ticks = max(map(len, re.findall("`+", text)), default=0)
    if not ticks:
        return f"`{text}`" if text else "` `"
    fence = "`" * (ticks + 1)
    return f"{fence} {text} {fence}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    every = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in every)
