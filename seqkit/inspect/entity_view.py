"""A text whose entities are coloured."""

import html
import unicodedata
import zlib
from dataclasses import dataclass

from seqkit.errors import SeqkitError

# The light colours of Paul Tol (https://sronpersonalpages.nl/~pault), made for black
# text on them and apart from each other for colour-blind people too.
PALETTE = (
    (119, 170, 221),
    (238, 136, 102),
    (68, 187, 153),
    (238, 221, 136),
    (255, 170, 187),
    (187, 204, 51),
    (153, 221, 255),
    (170, 170, 0),
    (221, 221, 221),
)
# Types that stand beside each other often, so that none of them share a colour.
_USUAL = {
    "PER": 0,
    "PERSON": 0,
    "LOC": 1,
    "LOCATION": 1,
    "ORG": 2,
    "ORGANIZATION": 2,
    "CORPORATION": 2,
    "MISC": 3,
    "PRODUCT": 3,
    "GPE": 4,
    "GROUP": 4,
    "DATE": 5,
    "CREATIVE-WORK": 5,
}


@dataclass(frozen=True)
class EntityView:
    """A text with its entities in boxes, each with its type beside it.

    In a notebook it shows itself as a cell's last expression; `print(view)` marks them
    with brackets. A type has the same colour in every view.

    Attributes:
        text: The text.
        entities: Objects or dictionaries with `type`, `start` and `end` in characters
            of the text, `end` exclusive; where they have them, `score` shows under the
            mouse, and `text` is compared with that in between. Kept in the order of the
            text, as dictionaries.

    Raises:
        SeqkitError: Entities overlap, lie out of the text, or are of another text.

    Example:

    >>> from seqkit.inspect import EntityView
    >>> text = "Ada Lovelace wrote to Babbage."
    >>> view = EntityView(text, [
    ...     {"type": "PERSON", "start": 0, "end": 12, "score": 0.98},
    ...     {"type": "PERSON", "start": 22, "end": 29}])
    >>> print(view)
    [Ada Lovelace PERSON] wrote to [Babbage PERSON].
    """

    text: str
    entities: list

    def __post_init__(self):
        entities = [_as_dict(entity) for entity in self.entities]
        entities.sort(key=lambda entity: entity["start"])
        before = 0
        for entity in entities:
            _check(entity, self.text, before)
            before = entity["end"]
        object.__setattr__(self, "entities", entities)

    def __str__(self):
        return "".join(
            f"[{text} {entity['type']}]" if entity else text
            for text, entity in self._parts()
        )

    def to_html(self):
        """The text as a `<div>`."""
        shown = []
        for text, entity in self._parts():
            text = html.escape(text)
            if entity:
                title = entity["type"]
                if entity["score"] is not None:
                    title += f" {entity['score']:.3f}"
                # What is inside `bdi` does not turn the direction of what is around it.
                text = (
                    f'<span title="{html.escape(title)}" style="'
                    f"background:#{_hex(color_of(entity['type']))};color:#000;"
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

    def to_ansi(self):
        """The text with a terminal's colours (24 bits): `print(view.to_ansi())`."""
        shown = []
        for text, entity in self._parts():
            text = "".join(map(_visible, text))
            if entity:
                color = ";".join(map(str, color_of(entity["type"])))
                start, end = f"\x1b[48;2;{color}m\x1b[38;2;0;0;0m", "\x1b[0m"
                # A colour must not run on to the end of the line.
                text = text.replace("\n", f"{end}\n{start}")
                kind = "".join(map(_visible, entity["type"]))
                text = f"{start}{text} \x1b[1m{kind}{end}"
            shown.append(text)
        return "".join(shown)

    def _parts(self):
        """Pairs (text, entity or `None`), which are the text."""
        at = 0
        for entity in self.entities:
            if at < entity["start"]:
                yield self.text[at : entity["start"]], None
            at = entity["end"]
            yield self.text[entity["start"] : at], entity
        if at < len(self.text):
            yield self.text[at:], None


def color_of(kind):
    """The colour of a type of entities, ints from 0 to 255."""
    number = _USUAL.get(kind.upper())
    # Python's own hash differs from run to run.
    number = zlib.crc32(kind.encode()) if number is None else number
    return PALETTE[number % len(PALETTE)]


def _as_dict(entity):
    names = "text", "type", "start", "end", "score"
    if isinstance(entity, dict):
        found = {name: entity.get(name) for name in names}
    else:
        found = {name: getattr(entity, name, None) for name in names}
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
    """That of the first letter that has one."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def _visible(character):
    moves = unicodedata.category(character) == "Cc" and character not in "\n\t"
    return "\ufffd" if moves else character


def _hex(color):
    return "".join(f"{part:02x}" for part in color)
