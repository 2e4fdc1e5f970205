"""The file of a model card: what seqkit writes into it, and what the user does.

seqkit's part lies between two lines. What is before and after them, and the keys of
the metadata that seqkit does not set, are the user's, and stay when a card is written
again.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

FILE = "README.md"
LICENSE_UNKNOWN = "unknown"  # as the Hub calls it

_BEGIN = "<!-- seqkit: this part is written anew by save; write above or below it -->"
_END = "<!-- seqkit: end of this part -->"
_PART = re.compile(rf"(?ms)^{re.escape(_BEGIN)}\r?$.*?^{re.escape(_END)}\r?$\n?")
_LARGEST = 10**6
_FIGURES = ("model-index", "metrics")
"""Keys that go if a task has no figures any more."""


class CardText(NamedTuple):
    """A card taken apart.

    Attributes:
        metadata: What the YAML at its head says.
        part: The text between seqkit's two lines.
        above: The user's text before them.
        below: The user's text after them.
    """

    metadata: Mapping[str, Any]
    part: str
    above: str = ""
    below: str = ""

    @property
    def edited(self) -> bool:
        """Whether the user has written anything outside of seqkit's part."""
        return bool(self.above.strip() or self.below.strip())

    def over(self, earlier: "CardText") -> "CardText":
        """This card with what it lacks and the user has written in an earlier one."""
        kept = {k: v for k, v in earlier.metadata.items() if k not in _FIGURES}
        found = dict(self.metadata)
        if isinstance(tags := kept.get("tags"), list):
            found["tags"] = list(dict.fromkeys([*found.get("tags", ()), *tags]))
        if found.get("license") == LICENSE_UNKNOWN:
            found["license"] = kept.get("license", LICENSE_UNKNOWN)
        found |= {name: value for name, value in kept.items() if name not in found}
        card = self._replace(metadata=found)
        return (
            card
            if self.edited
            else card._replace(above=earlier.above, below=earlier.below)
        )

    def __str__(self) -> str:
        from huggingface_hub.utils import yaml_dump

        head = yaml_dump(dict(self.metadata), sort_keys=False).strip()
        above = f"{self.above.strip()}\n\n" if self.above.strip() else ""
        below = f"\n{self.below.strip()}\n" if self.below.strip() else ""
        part = f"{_BEGIN}\n\n{self.part.strip()}\n\n{_END}\n"
        return f"---\n{head}\n---\n\n{above}{part}{below}"


def take_apart(text: str) -> CardText | None:
    """A card taken apart, or `None` for a text without seqkit's part, or a damaged one.

    >>> from seqkit.task.card_text import CardText, take_apart
    >>> text = str(CardText({"license": "mit"}, "# A model", below="It is mine."))
    >>> take_apart(text).below.strip()
    'It is mine.'
    """
    from huggingface_hub import ModelCard

    if not text.lstrip().startswith("---"):
        return None
    try:
        card = ModelCard(text, ignore_metadata_errors=True)
        metadata = card.data.to_dict()
        metadata.pop("ignore_metadata_errors", None)
    except Exception:  # a damaged head can end in anything
        return None
    found = _PART.search(card.text)
    if found is None:
        return None
    above, below = card.text[: found.start()], card.text[found.end() :]
    part = "\n".join(found.group().splitlines()[1:-1])
    return CardText(metadata, part, above, below)


def read_card(folder: Path) -> str | None:
    """The text of a folder's card: `None` without one, empty if it cannot be read."""
    file = folder / FILE
    if not os.path.lexists(file):
        return None
    try:
        small = file.is_file() and file.stat().st_size <= _LARGEST
        return file.read_text(encoding="utf-8") if small else ""
    except (OSError, ValueError):
        return ""
