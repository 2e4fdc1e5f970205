"""Charts as inline SVG, in the colours of the page they are in."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT = 300, 170
LEFT, RIGHT, TOP, BOTTOM = 42, 10, 10, 26


def curves(title: str, series: Mapping[str, Sequence[float]]) -> str:
    """Figures by epoch, a line for each of several series."""
    values = [one for line in series.values() for one in line if math.isfinite(one)]
    epochs = max(map(len, series.values()), default=0)
    if not values:
        return ""
    low, high = min(values), max(values)
    room = (high - low or abs(high) or 1) * 0.05
    low, high = (max(low - room, 0) if low >= 0 else low - room), high + room

    def at(epoch, value):
        across = 0.5 if epochs == 1 else epoch / (epochs - 1)
        return (
            LEFT + across * (WIDTH - LEFT - RIGHT),
            TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM),
        )

    parts = [_axis(low, high)]
    ticks = sorted({0, (epochs - 1) // 2, epochs - 1})
    parts += [_text(*at(epoch, low), 14, "middle", str(epoch + 1)) for epoch in ticks]
    for number, (name, line) in enumerate(series.items()):
        points = [at(n, one) for n, one in enumerate(line) if math.isfinite(one)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline class="line{number % 4}" points="{path}"/>')
        parts += [
            f'<circle class="dot{number % 4}" cx="{x:.1f}" cy="{y:.1f}" r="2.5">'
            f"<title>{escape(name)}, epoch {n + 1}: {line[n]:.4g}</title></circle>"
            for n, (x, y) in enumerate(points)
        ]
    last = ", ".join(f"{name} {line[-1]:.4g}" for name, line in series.items())
    return _svg(f"{title} by epoch; in the last one {last}", parts)


def reliability(bins: Sequence[Mapping[str, Any]]) -> str:
    """Accuracy by confidence; on the diagonal a model is as sure as it is right."""

    def at(x, y):
        across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        return LEFT + x * across, TOP + (1 - y) * down

    most = max((one["count"] for one in bins), default=1)
    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    parts = [_axis(0.0, 1.0)]
    parts += [_text(*at(x, 0), 14, "middle", f"{x:g}") for x in (0, 0.5, 1)]
    for one in bins:
        (left, top), (right, bottom) = (
            at(one["low"], one["accuracy"]),
            at(one["high"], 0),
        )
        share = 0.25 + 0.75 * one["count"] / most
        parts.append(
            f'<rect class="bar" x="{left + 1:.1f}" y="{top:.1f}" '
            f'width="{max(right - left - 2, 1):.1f}" height="{bottom - top:.1f}" '
            f'opacity="{share:.2f}"><title>{one["count"]:,} with a confidence of '
            f"{one['confidence']:.3f}: {one['accuracy']:.3f} are right</title></rect>"
        )
    parts.append(f'<line class="even" x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}"/>')
    return _svg("Accuracy of predictions by their confidence", parts)


def bar(value: float, low: float | None, high: float | None) -> str:
    """A figure from 0 to 1 as a bar, with its interval."""

    def share(one):
        return f"{100 * min(max(one, 0), 1):.1f}"

    drawn = '<rect class="track" width="100" height="8" y="3"/>'
    drawn += f'<rect class="bar" width="{share(value)}" height="8" y="3"/>'
    if low is not None and high is not None:
        ends = f'x1="{share(low)}" x2="{share(high)}" y1="7" y2="7"'
        drawn += f'<line class="whisker" {ends}/>'
    return f'<svg class="small" viewBox="0 0 100 14" aria-hidden="true">{drawn}</svg>'


def _axis(low, high):
    lines = []
    for share in (0, 0.5, 1):
        y = TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)
        value = low + share * (high - low)
        lines.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        )
        lines.append(_text(LEFT - 4, y, 3, "end", f"{value:.3g}"))
    return "".join(lines)


def _text(x, y, down, anchor, text):
    return (
        f'<text x="{x:.1f}" y="{y + down:.1f}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def _svg(label, parts):
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
