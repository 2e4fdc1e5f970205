"""A report as text for a terminal, and as HTML for a notebook."""

import html
from typing import TYPE_CHECKING

from seqkit.checks.findings import VERDICTS, worst

if TYPE_CHECKING:
    from seqkit.checks.findings import CheckReport, Place

_COLORS = {"pass": "#2e7d32", "warn": "#b26a00", "fail": "#c62828"}
_VERBS = {"pass": ("passes", "pass"), "warn": ("warns", "warn")}
_VERBS |= {"fail": ("fails", "fail")}


def title(report: "CheckReport") -> str:
    """The recipe, the data and the sizes of the splits."""
    sizes = ", ".join(f"{name} {size:,}" for name, size in report.splits.items())
    return f"{report.recipe}, {report.dataset}: {sizes}"


def total(report: "CheckReport") -> str:
    """How many checks have which verdict, the worst first."""
    verdicts = [worst(findings) for findings in report.checks.values()]
    parts = []
    for verdict in reversed(VERDICTS):
        if count := verdicts.count(verdict):
            checks = ("check" if count == 1 else "checks") if not parts else ""
            words = [f"{count}", checks, _VERBS[verdict][count > 1]]
            parts.append(" ".join(filter(None, words)))
    return ", ".join(parts)


def as_text(report: "CheckReport") -> str:
    """A section for each check, with a verdict and a line for each finding."""
    lines = [title(report)]
    for name, findings in report.checks.items():
        lines += ["", name]
        for finding in findings:
            lines.append(f"  {finding.verdict}  {finding.text}")
            lines += (f"        {place_text(report, p)}" for p in finding.places)
    return "\n".join([*lines, "", total(report)])


def place_text(report: "CheckReport", place: "Place") -> str:
    """A place, without the folder that the title names."""
    kind, _, folder = report.dataset.partition(" ")
    text = str(place)
    return text.replace(f"{folder}/", "") if kind == "folder" and folder else text


def as_html(report: "CheckReport") -> str:
    """A table with a row for each check."""
    rows = []
    for name, findings in report.checks.items():
        verdict, cells = worst(findings), []
        for finding in findings:
            places = "".join(
                f"<li>{html.escape(place_text(report, place))}</li>"
                for place in finding.places
            )
            strong = "font-weight:bold" if finding.verdict != "pass" else ""
            cells.append(
                f"<div style='{strong}'>{html.escape(finding.text)}</div>"
                + (f"<ul style='margin:0'>{places}</ul>" if places else "")
            )
        rows.append(
            f"<tr style='vertical-align:top'><th style='color:{_COLORS[verdict]}'>"
            f"{verdict}</th><th style='text-align:left'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{''.join(cells)}</td></tr>"
        )
    return (
        f"<p>{html.escape(title(report))}</p><table>{''.join(rows)}</table>"
        f"<p>{html.escape(total(report))}</p>"
    )
