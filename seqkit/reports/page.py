"""The page of a report, as HTML."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from seqkit.reports import charts

MOST_LABELS = 25
"""More are not shown as a matrix."""


@cache
def _template() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "words": words}
    return environment.get_template("page.html")


def page(data: Mapping[str, Any], views: list[dict[str, str]]) -> str:
    """The page of what `Report.as_dict` returns, with views of the worst examples."""
    import markupsafe

    safe = markupsafe.Markup  # what is made here and by views, escaped there
    calibration = data.get("calibration")
    confusion = _matrix(data.get("confusion") or {})
    worst = [
        {**one, "views": {name: safe(view) for name, view in shown.items()}}
        for one, shown in zip(data.get("worst", []), views, strict=True)
    ]
    return _template().render(
        data=data,
        curves=[(n, safe(svg)) for n, svg in _curves(data.get("history") or {})],
        confusion=confusion,
        reliability=safe(charts.reliability(calibration["bins"]))
        if calibration
        else "",
        bar=lambda one: safe(
            charts.bar(one["value"] or 0, one.get("low"), one.get("high"))
        ),
        worst=worst,
    )


def _curves(history):
    """A chart for each figure, that of train with that of validation."""
    for name in sorted(history, key=lambda name: name != "loss"):
        if name.startswith("val_") and name[4:] in history:
            continue
        series = {name: history[name]}
        if f"val_{name}" in history:
            series[f"val_{name}"] = history[f"val_{name}"]
        svg = charts.curves(
            name, {k: [_float(v) for v in s] for k, s in series.items()}
        )
        if svg:
            yield list(series), svg


def _float(value):
    return float("nan") if value is None else float(value)


def _matrix(confusion):
    """Names, and rows of (name, cells of (count, share of the row))."""
    names = list(confusion)
    names += sorted({name for row in confusion.values() for name in row} - {*names})
    if not 1 < len(names) <= MOST_LABELS:
        return None
    rows = []
    for name in names:
        counts = [confusion.get(name, {}).get(other, 0) for other in names]
        total = sum(counts) or 1
        rows.append((name, [(count, count / total) for count in counts]))
    return {"names": names, "rows": rows}


def number(value: Any) -> str:
    """A number in a few digits."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def words(value: Any) -> str:
    """What a column holds, as text."""
    if isinstance(value, Mapping):
        return words(value.get("as_text", ", ".join(map(str, value))))
    if isinstance(value, list):
        parts = [words(one) for one in value]
        sentences = any(" " in one for one in parts)
        return ("\n" if sentences else ", ").join(parts) or "nothing"
    return "nothing" if value is None or value == "" else str(value)
