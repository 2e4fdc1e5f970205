"""Attention of target tokens to source tokens."""

import html
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.pieces import joined, readable

_SHADES = " ░▒▓█"


@dataclass(frozen=True)
class Alignment:
    """Attention of T target tokens over S source tokens.

    Attributes:
        weights: Float array `[T, S]`; each row sums to 1.
        source_tokens, target_tokens: S and T strings.
        copied: Of a model that copies words, how much of each target token was copied,
            float array `[T]` from 0 to 1; otherwise `None`.

    >>> import numpy as np, seqkit
    >>> weights = np.array([[.8, .2, 0, 0], [0, .5, .5, 0], [0, 0, 0, 1]])
    >>> alignment = seqkit.inspect.Alignment(
    ...     weights, ["▁The", "▁dog", "s", "</s>"], ["▁Die", "▁Hunde", "</s>"])
    >>> print(alignment.words().to_text())
           The  dogs  </s>
    Die    ▓▓▓  ░░░░
    Hunde       ████
    </s>              ████
    """

    weights: np.ndarray
    source_tokens: list[str]
    target_tokens: list[str]
    copied: np.ndarray | None = None

    def __post_init__(self):
        object.__setattr__(self, "weights", np.asarray(self.weights))
        expected = len(self.target_tokens), len(self.source_tokens)
        if self.weights.shape != expected:
            raise SeqkitError(
                "weights: expected the shape (target tokens, source tokens) = "
                f"{expected}, found {self.weights.shape}"
            )

    def words(self) -> "Alignment":
        """The same between words, without `▁`: the SentencePiece pieces are joined.

        The weights of source pieces are added, those of target pieces averaged, so that
        rows still sum to 1. Punctuation after a word and special tokens stay separate.
        """
        source_words, source = joined(self.source_tokens)
        target_words, target = joined(self.target_tokens)
        target = target / target.sum(axis=1, keepdims=True)
        weights = target @ self.weights @ source.T
        copied = None if self.copied is None else target @ self.copied
        return Alignment(weights, source_words, target_words, copied)

    def shown(self) -> dict[str, Any]:
        """The alignment as lists, for a page; see `seqkit.Task.explain`."""
        return {
            "view": "alignment",
            "source": [readable(token) for token in self.source_tokens],
            "target": [readable(token) for token in self.target_tokens],
            "weights": self.weights.round(4).tolist(),
        } | ({} if self.copied is None else {"copied": self.copied.round(4).tolist()})

    def to_html(self) -> str:
        """The alignment as a `<table>` with weights as tooltips."""
        source = [html.escape(readable(token)) for token in self.source_tokens]
        heads = "".join(
            f'<th style="writing-mode:vertical-rl;text-align:right;border:0;padding:'
            f'.2em 0">{token}</th>'
            for token in source
        )
        rows = [f'<tr><td style="border:0"></td>{heads}</tr>']
        head = "text-align:right;border:0;padding:0 .4em;max-width:14em;"
        head += "overflow:hidden;text-overflow:ellipsis;white-space:nowrap"
        labels = self.labels()
        for token, weights in zip(labels, self.weights, strict=True):
            token = html.escape(token)
            cells = "".join(
                f'<td title="{token} {other} {weight:.2f}" style="border:0;padding:0;'
                f"min-width:1.3em;background:rgba(51,145,205,"
                f'{min(max(float(weight), 0), 1):.2f})"></td>'
                for other, weight in zip(source, weights, strict=True)
            )
            rows.append(
                f'<tr><th title="{token}" style="{head}">{token}</th>{cells}</tr>'
            )
        style = "border-collapse:collapse;font-size:.85em"
        return f'<table style="{style}">{"".join(rows)}</table>'

    _repr_html_ = to_html

    def labels(self) -> list[str]:
        """Target tokens, with how much of each was copied, if that is known."""
        labels = [readable(token) for token in self.target_tokens]
        if self.copied is None:
            return labels
        return [
            f"{label} {share:4.0%}"
            for label, share in zip(labels, self.copied, strict=True)
        ]

    def to_text(self, *, max_width: int = 100, shades: str = _SHADES) -> str:
        """The alignment as text, for a terminal: the darker, the larger the weight.

        Source tokens are along the top and target tokens down the side. What does not
        fit in `max_width` characters continues in a block below. `shades` are the
        characters for weights from 0 to 1.
        """
        source = [readable(token) for token in self.source_tokens]
        target = self.labels()
        margin = max(map(len, target), default=0)
        levels = np.clip(self.weights, 0, 1) * (len(shades) - 1)
        levels = np.rint(levels).astype(int)
        blocks, start = [], 0
        while start < len(source):
            stop, width = start + 1, margin + 2 + len(source[start])
            while stop < len(source) and width + 2 + len(source[stop]) <= max_width:
                width += 2 + len(source[stop])
                stop += 1
            tokens = source[start:stop]
            lines = [("", tokens)]
            for label, row in zip(target, levels[:, start:stop], strict=True):
                cells = zip(row, tokens, strict=True)
                lines.append((label, [shades[n] * len(token) for n, token in cells]))
            rows = (f"{label:<{margin}}  {'  '.join(cells)}" for label, cells in lines)
            blocks.append("\n".join(map(str.rstrip, rows)))
            start = stop
        return "\n\n".join(blocks)
