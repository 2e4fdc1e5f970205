"""A text coloured by what one unit holds."""

import html
from dataclasses import dataclass

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.running_text import running_text

# Orange and blue, apart from each other for colour-blind people too; of one lightness,
# on which black is read easily.
NEGATIVE, ZERO, POSITIVE = (226, 114, 32), (255, 255, 255), (51, 145, 205)


@dataclass(frozen=True)
class UnitView:
    """One unit's value after each of T tokens.

    Karpathy, Johnson and Fei-Fei 2015, arXiv:1506.02078, figures 2 and 3: the text,
    orange where the unit is negative, blue where it is positive, white at 0. In a
    notebook it shows itself as a cell's last expression.

    Attributes:
        values: Float array `[T]`.
        tokens: T strings.
        name: What the picture is called, such as `"layer 1, unit 57"`.
        limit: The absolute value of the full colour; by default the largest there is.

    Raises:
        SeqkitError: `values` is not `[T]`.

    Example:

    >>> from seqkit.inspect import UnitView
    >>> view = UnitView([0.9, -0.4, 0.0], ["▁a", "▁<b>", "\\n"])
    >>> "a</span><span" in view.to_html(), "&lt;b&gt;" in view.to_html()
    (True, True)
    """

    values: np.ndarray
    tokens: list
    name: str = ""
    limit: float | None = None

    def __post_init__(self):
        values = np.asarray(self.values, "float64")
        object.__setattr__(self, "values", values)
        if values.shape != (len(self.tokens),):
            raise SeqkitError(
                f"values: expected the shape (tokens,) = ({len(self.tokens)},), found "
                f"{values.shape}"
            )
        if self.limit is None:
            largest = np.abs(values).max(initial=0)
            object.__setattr__(self, "limit", float(largest) or 1.0)

    def colors(self):
        """The background of each token, ints `[T, 3]` from 0 to 255."""
        share = np.clip(self.values / self.limit, -1, 1)[:, None]
        full = np.where(share < 0, NEGATIVE, POSITIVE)
        colors = ZERO + np.abs(share) * (full - np.array(ZERO))
        return np.rint(colors).astype(int)

    def to_html(self):
        """The text as a `<div>`; the value of a token shows under the mouse."""
        spans = []
        for color, value, token, text in self._shown():
            # A tooltip that is a newline would show nothing.
            title = html.escape(f"{token!r} {value:+.3f}")
            style = f"background:#{_hex(color)}"
            text = html.escape(text)
            spans.append(f'<span title="{title}" style="{style}">{text}</span>')
        scale = (-self.limit, NEGATIVE), (0, ZERO), (self.limit, POSITIVE)
        keys = " ".join(
            f'<span style="background:#{_hex(c)};color:#000;padding:0 .5em">'
            f"{value:.2g}</span>"
            for value, c in scale
        )
        return (
            f"<div><div>{html.escape(self.name)} {keys}</div>"
            '<div style="font-family:monospace;white-space:pre-wrap;color:#000;'
            f'line-height:1.5;overflow-wrap:anywhere">{"".join(spans)}</div></div>'
        )

    _repr_html_ = to_html

    def to_ansi(self):
        """The text with a terminal's colours (24 bits): `print(view.to_ansi())`."""
        lines = [f"{self.name}\n"] if self.name else []
        for color, _, _, text in self._shown():
            # A colour must not run on to the end of the line.
            body = text.removesuffix("\n")
            start = f"\x1b[48;2;{';'.join(map(str, color))}m\x1b[38;2;0;0;0m"
            lines.append(f"{start}{body}\x1b[0m{text[len(body) :]}")
        return "".join(lines)

    def _shown(self):
        shown = running_text(self.tokens)
        return zip(self.colors(), self.values, self.tokens, shown, strict=True)


def _hex(color):
    return "".join(f"{int(part):02x}" for part in color)
