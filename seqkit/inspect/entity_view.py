"""A text whose entities are coloured."""

import html
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from seqkit.errors import SeqkitError
from seqkit.inspect.colors import ansi, css

# The light colours of Paul Tol (https://sronpersonalpages.nl/~pault), for black text on
# them, distinct for colour-blind people too.
_HEX = "77aadd ee8866 44bb99 eedd88 ffaabb bbcc33 99ddff aaaa00 dddddd"
PALETTE = tuple(tuple(bytes.fromhex(color)) for color in _HEX.split())
# Types that often occur together, so that they do not share a colour.
_TOGETHER = (
    "PER PERSON",
    "LOC LOCATION",
    "ORG ORGANIZATION CORPORATION",
    "MISC PRODUCT",
    "GPE GROUP",
    "DATE CREATIVE-WORK",
)
_USUAL = {kind: n for n, kinds in enumerate(_TOGETHER) for kind in kinds.split()}


@dataclass(frozen=True)
class EntityView:
    """A text with its entities in boxes, each with its type beside it.

    As the last expression of a notebook's cell it is displayed; `print(view)` marks the
    entities with brackets. A type has the same colour in every view.

    Attributes:
        entities: Objects or dictionaries with `type`, `start` and `end` in characters
            of the text, `end` exclusive; `score`, if any, is shown as a tooltip, and
            `text`, if any, must be that of the place. Kept in the order of the text, as
            dictionaries.

    Raises:
        SeqkitError: Entities overlap, are outside of the text, or of another text.

    >>> from seqkit.inspect import EntityView
    >>> text = "Ada Lovelace wrote to Babbage."
    >>> view = EntityView(text, [
    ...     {"type": "PERSON", "start": 0, "end": 12, "score": 0.98},
    ...     {"type": "PERSON", "start": 22, "end": 29}])
    >>> print(view)
    [Ada Lovelace PERSON] wrote to [Babbage PERSON].
    """

    text: str
    entities: Sequence[Any]

    def __post_init__(self):
        entities = [_as_dict(entity) for entity in self.entities]
        entities.sort(key=lambda entity: entity["start"])
        before = 0
        for entity in entities:
            _check(entity, self.text, before)
            before = entity["end"]
        object.__setattr__(self, "entities", entities)

    def __str__(self) -> str:
        return "".join(
            f"[{text} {entity['type']}]" if entity else text
            for text, entity in self._parts()
        )

    def to_html(self) -> str:
        """The text as a `<div>`."""
        shown = []
        for text, entity in self._parts():
            text = html.escape(text)
            if entity:
                title = entity["type"]
                if entity["score"] is not None:
                    title += f" {entity['score']:.3f}"
                # `bdi` keeps the direction of the text around it.
                text = (
                    f'<span title="{html.escape(title)}" style="'
                    f"background:{css(color_of(entity['type']))};color:#000;"
                    'padding:.15em .3em;border-radius:.3em">'
                    f'{text}<bdi style="font-size:70%;font-weight:bold;'
                    'margin-inline-start:.5em">'
                    f"{html.escape(entity['type'])}</bdi></span>"
                )
            shown.append(text)
        return (
            f'<div dir="{_direction(self.text)}" style="white-space:pre-wrap;'
            f'line-height:1.9;overflow-wrap:anywhere">{"".join(shown)}</div>'
        )

    _repr_html_ = to_html

    def to_ansi(self) -> str:
        """The text with 24-bit colours for a terminal: `print(view.to_ansi())`."""
        shown = []
        for text, entity in self._parts():
            text = "".join(map(_visible, text))
            if entity:
                kind = "".join(map(_visible, entity["type"]))
                text = ansi(f"{text} \x1b[1m{kind}", color_of(entity["type"]))
            shown.append(text)
        return "".join(shown)

    def _parts(self):
        """Pairs (text, entity or `None`) that together are the text."""
        at = 0
        for entity in self.entities:
            if at < entity["start"]:
                yield self.text[at : entity["start"]], None
            at = entity["end"]
            yield self.text[entity["start"] : at], entity
        if at < len(self.text):
            yield self.text[at:], None


def color_of(kind: str) -> tuple[int, ...]:
    """The colour of a type of entities, ints from 0 to 255."""
    # Python's own hash differs from run to run.
    number = _USUAL.get(kind.upper(), zlib.crc32(kind.encode()))
    return PALETTE[number % len(PALETTE)]


def _as_dict(entity) -> dict[str, Any]:
    get = entity.get if isinstance(entity, dict) else partial(getattr, entity)
    found = {
        name: get(name, None) for name in ("text", "type", "start", "end", "score")
    }
    missing = [name for name in ("type", "start", "end") if found[name] is None]
    if missing:
        raise SeqkitError(
            f"entities: expected type, start and end of each, found {entity!r} without "
            f"{', '.join(missing)}"
        )
    return found


def _check(entity, text, before):
    start, end = entity["start"], entity["end"]
    shown = f"{entity['type']} from {start} to {end}"
    if not 0 <= start < end <= len(text):
        raise SeqkitError(
            f"entities: expected 0 <= start < end <= {len(text)}, the characters of "
            f"the text, found {shown}"
        )
    if start < before:
        raise SeqkitError(
            f"entities: expected none that overlap, found {shown} where another ends "
            f"at {before}"
        )
    if entity["text"] is not None and entity["text"] != text[start:end]:
        raise SeqkitError(
            f"entities: expected {entity['text']!r} in the text, found "
            f"{text[start:end]!r} ({shown}). Offsets count characters, not bytes"
        )


def _direction(text):
    """The direction of the first letter that has one."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def _visible(character):
    moves = unicodedata.category(character) == "Cc" and character not in "\n\t"
    return "\ufffd" if moves else character
