"""A card as text, with a comment on each setting."""

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from seqkit.drafts.settings import Setting


def card_text(
    recipe: str,
    title: str,
    notes: Sequence[str],
    build: Sequence[Setting],
    fit: Sequence[Setting],
    evaluate: Mapping[str, Any],
) -> str:
    """The text of a card.

    Args:
        recipe: The recipe, as `seqkit train` finds it.
        title: The card's description.
        notes: Sentences on the data, for the head of the card.
        build, fit: Settings with their reasons, which become comments.
        evaluate: Options of `evaluate`.

    >>> from seqkit.drafts import Setting, card_text
    >>> batch = Setting("batch_size", 8, "train has 90 rows")
    >>> print(card_text("sentiment", "a.csv", [], [batch], [], {"split": ["test"]}))
    recipe: sentiment
    description: "a.csv"
    build:
      # train has 90 rows
      batch_size: 8
    evaluate:
      split: ["test"]
    """
    lines = [line for note in notes for line in _comment(note, "")]
    lines += [f"recipe: {recipe}", f"description: {_value(title)}", "build:"]
    lines += _section(build)
    if fit:
        lines += ["fit:", *_section(fit)]
    if evaluate:
        lines += ["evaluate:", *(f"  {k}: {_value(v)}" for k, v in evaluate.items())]
    return "\n".join(lines)


def _section(settings: Sequence[Setting]) -> list[str]:
    lines = []
    for setting in settings:
        lines += _comment(setting.why, "  ")
        lines.append(f"  {setting.name}: {_value(setting.value)}")
    return lines


def _comment(text: str, indent: str) -> list[str]:
    start = f"{indent}# "
    return textwrap.wrap(text, 88, initial_indent=start, subsequent_indent=start)


def _value(value: Any) -> str:
    """A value as JSON, which is YAML too."""
    return json.dumps(value, ensure_ascii=False)
