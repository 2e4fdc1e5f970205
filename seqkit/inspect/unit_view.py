"""A text coloured by the values of one unit."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.colors import ansi, css
from seqkit.inspect.running_text import running_text

# Orange and blue of one lightness, distinct for colour-blind people too, and readable
# with black text.
NEGATIVE, ZERO, POSITIVE = (226, 114, 32), (255, 255, 255), (51, 145, 205)


@dataclass(frozen=True)
class UnitView:
    """One unit's value after each of T tokens.

    Karpathy, Johnson and Fei-Fei 2015, arXiv:1506.02078, figures 2 and 3: the text,
    orange if the unit is negative, blue if it is positive, white at 0. As the last
    expression of a notebook's cell it is displayed.

    Attributes:
        values, tokens: Float array `[T]`, and T strings.
        name: The title, such as `"layer 1, unit 57"`.
        limit: The absolute value of the full colour; by default the largest one.

    >>> from seqkit.inspect import UnitView
    >>> view = UnitView([0.9, -0.4, 0.0], ["▁a", "▁<b>", "\\n"])
    >>> "a</span><span" in view.to_html(), "&lt;b&gt;" in view.to_html()
    (True, True)
    """

    values: Any
    tokens: Sequence[str]
    name: str = ""
    limit: Any = None

    def __post_init__(self):
        values = per_token("values", self.values, self.tokens)
        object.__setattr__(self, "values", values)
        if self.limit is None:
            largest = np.abs(values).max(initial=0)
            object.__setattr__(self, "limit", float(largest) or 1.0)

    def colors(self) -> np.ndarray:
        """The background of each token, ints `[T, 3]` from 0 to 255."""
        share = np.clip(self.values / self.limit, -1, 1)[:, None]
        full = np.where(share < 0, NEGATIVE, POSITIVE)
        colors = ZERO + np.abs(share) * (full - np.array(ZERO))
        return np.rint(colors).astype(int)

    def to_html(self) -> str:
        """The text as a `<div>` with values as tooltips."""
        spans = []
        for color, value, token, text in self._shown():
            # A tooltip that is a newline would show nothing.
            title = html.escape(f"{token!r} {value:+.3f}")
            style = f"background:{css(color)}"
            text = html.escape(text)
            spans.append(f'<span title="{title}" style="{style}">{text}</span>')
        scale = (-self.limit, NEGATIVE), (0, ZERO), (self.limit, POSITIVE)
        keys = " ".join(
            f'<span style="background:{css(c)};color:#000;padding:0 .5em">'
            f"{value:.2g}</span>"
            for value, c in scale
        )
        return (
            f"<div><div>{html.escape(self.name)} {keys}</div>"
            '<div style="font-family:monospace;white-space:pre-wrap;color:#000;'
            f'line-height:1.5;overflow-wrap:anywhere">{"".join(spans)}</div></div>'
        )

    _repr_html_ = to_html

    def to_ansi(self) -> str:
        """The text with 24-bit colours for a terminal: `print(view.to_ansi())`."""
        lines = [f"{self.name}\n"] if self.name else []
        for color, _, _, text in self._shown():
            body = text.removesuffix("\n")
            lines.append(ansi(body, color) + text[len(body) :])
        return "".join(lines)

    def _shown(self):
        shown = running_text(self.tokens)
        return zip(self.colors(), self.values, self.tokens, shown, strict=True)


def per_token(name: str, values: Any, tokens: Sequence[str]) -> np.ndarray:
    """Float64 values `[T]`, one for each of T tokens, or an error with their name."""
    values = np.asarray(values, "float64")
    if values.shape != (len(tokens),):
        raise SeqkitError(
            f"{name}: expected the shape (tokens,) = ({len(tokens)},), found "
            f"{values.shape}"
        )
    return values
