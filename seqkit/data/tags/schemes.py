"""Tags as spans, and spans as tags: IOB1, BIO, BIOES and its other spellings.

Tags are strings: `"O"`, or a prefix, a dash and a type as in `"B-PER"`; if there is
only one type, it is `""` and the prefix has no dash. A span of type X is, in

- `"IOB1"` (Ramshaw and Marcus 1995, arXiv:cmp-lg/9505040): `I-X I-X …`, its first tag
  `B-X` only right after another span of type X;
- `"BIO"` (also known as IOB2): `B-X I-X …`;
- `"BIOES"`: `B-X I-X … E-X`, or `S-X` if it is one word;
- `"BILOU"`, also known as `"BIOUL"`: BIOES with L for E and U for S;
- `"BMES"`: BIOES with M for I.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from seqkit.errors import DataError

SCHEMES = {
    "IOB1": "BI",
    "BIO": "BI",
    "BIOES": "BIES",
    "BILOU": "BILU",
    "BIOUL": "BILU",
    "BMES": "BMES",
}
"""To the prefixes of spans: first, inside, last, single."""

READ_AS = {"IOB1": "BIO", "BILOU": "BIOES", "BIOUL": "BIOES", "BMES": "BIOES"}
"""Schemes to the usual one with the same spans."""

_STRAY = 0.1  # of the tags that are not O: more is no slip but something else

Span = tuple[str, int, int]
"""Type, start and end (exclusive)."""


def detect_scheme(sequences: Iterable[Sequence[str]]) -> str | None:
    """Returns the scheme of N lists of tags.

    The prefixes decide. With only `B-` and `I-` it is BIO if spans begin with `B-`, and
    IOB1 if they begin with `I-` except after a span of their type; the majority counts,
    so that a few mistakes do not matter. There is no scheme if tags are neither `O` nor
    a prefix with or without a type, such as parts of speech.
    """
    counts, starts = Counter(), Counter()
    for tags in sequences:
        counts.update(tags)
        before = None
        for tag in tags:
            prefix, kind = split_tag(tag)
            # After a span of its type either prefix is right in IOB1 and BIO.
            starts[prefix] += kind != before
            before = None if prefix == "O" else kind
    del counts["O"]
    scheme, fitting = _likely(counts)
    strays = [
        tag for tag in counts if (split_tag(tag)[0] or "?") not in SCHEMES[scheme]
    ]
    if not fitting or fitting < (1 - _STRAY) * counts.total():
        return None
    if strays:
        raise StrayTag(strays[0], scheme)
    return "IOB1" if scheme == "BIO" and starts["I"] > starts["B"] else scheme


def _likely(counts: Counter) -> tuple[str, int]:
    """The scheme that most tags fit, the simplest of equals, and how many do."""
    prefixes, typed = Counter(), False
    for tag, count in counts.items():
        prefixes[split_tag(tag)[0]] += count
        typed = typed or "-" in tag
    fitting = {}
    for scheme in ("BIO", "BIOES", "BILOU", "BMES"):
        first, _, *ends = SCHEMES[scheme]
        num_ends = sum(prefixes[prefix] for prefix in ends)
        # Single letters such as M and U may be anything, and spans that begin end.
        sure = scheme in ("BIO", "BIOES") or typed or prefixes[first]
        if sure and (not ends or num_ends >= prefixes[first] / 2):
            fitting[scheme] = sum(prefixes[prefix] for prefix in SCHEMES[scheme])
    scheme = max(fitting, key=fitting.__getitem__)
    return scheme, fitting[scheme]


class StrayTag(DataError):
    """A tag that does not belong to the scheme of the others."""

    def __init__(self, tag: str, scheme: str, **place: object):
        self.tag, self.scheme = tag, scheme
        super().__init__(
            f"tags of the scheme {scheme}: {_described(SCHEMES[scheme])}",
            f"{tag!r}",
            fix="Mend the tag; or give the scheme of the tags, scheme='none' if they "
            "are no spans",
            **place,
        )


def _described(prefixes: str) -> str:
    return f"O or one of {', '.join(f'{prefix}-TYPE' for prefix in prefixes)}"


def may_follow(before: str, tag: str, scheme: str) -> bool:
    """Whether a tag may come right after another; `O` is on both ends of a sentence.

    >>> from seqkit.data.tags.schemes import may_follow
    >>> may_follow("B-PER", "I-PER", "BIO"), may_follow("O", "I-PER", "BIO")
    (True, False)
    """
    (left, kind), (right, next_kind) = split_tag(before), split_tag(tag)
    first, inside, *ends = _prefixes(scheme)
    same = left != "O" and kind == next_kind
    if ends:
        is_open, goes_on = left in (first, inside), right in (inside, ends[0])
        return is_open == goes_on and (same or not is_open)
    # One prefix of each scheme requires a span of the same type right before it.
    return same or right != (first if scheme == "IOB1" else inside)


def spans(tags: Sequence[str], scheme: str | None) -> list[Span]:
    """Returns the spans of T tags; an error if they break the scheme."""
    found = read_spans(tags, _prefixes(scheme)) if scheme else []
    written = _write(found, len(tags), scheme) if scheme else tags
    for position, (tag, right) in enumerate(zip(tags, written, strict=True)):
        if tag != right:
            raise DataError(
                f"tags that follow {scheme}, so {right!r} as tag {position}",
                f"{tag!r} in {list(tags)}",
                fix="repair() of seqkit.data.tags.schemes mends them",
            )
    return found


def repair(tags: Sequence[str], scheme: str | None) -> tuple[list[str], int]:
    """Makes T tags follow a scheme, with the same spans as conlleval reads.

    In BIO `I-X` not after type X becomes `B-X`. In IOB1 `B-X` not after type X becomes
    `I-X`. In BIOES `B-X I-X O` becomes `B-X E-X O`, and `I-X` alone `S-X`. If the
    scheme is `None`, nothing changes.
    """
    mended = convert(tags, scheme, scheme)
    changed = sum(tag != new for tag, new in zip(tags, mended, strict=True))
    return mended, changed


def convert(tags: Sequence[str], source: str | None, target: str | None) -> list[str]:
    """Returns the tags of the same spans in another scheme, mended as by `repair`."""
    if source is None and target is None:
        return list(tags)
    prefixes = _prefixes(source)
    _prefixes(target)
    return _write(read_spans(tags, prefixes), len(tags), target)


def _prefixes(scheme: str | None) -> str:
    if scheme not in SCHEMES:
        raise DataError(f"a scheme, one of {', '.join(SCHEMES)}", repr(scheme))
    return SCHEMES[scheme]


def split_tag(tag: str) -> tuple[str | None, str]:
    """`"B-PER"` to `("B", "PER")`; `(None, tag)` if it is of no scheme."""
    prefix, dash, kind = tag.partition("-")
    if tag == "O" or (len(prefix) == 1 and prefix in "BIESLUM" and (not dash or kind)):
        return prefix, kind
    return None, tag


def read_spans(tags: Sequence[str], prefixes: str = "BIES") -> list[Span]:
    """Returns the spans of T tags as conlleval reads them, even of a broken scheme.

    `B-` and `S-` begin a span, and so do `I-` and `E-` unless they follow one of their
    type; `E-` and `S-` end theirs (Tjong Kim Sang and Buchholz 2000,
    https://aclanthology.org/W00-0726/).
    """
    roles = {"O": "O", **dict(zip(prefixes, "BIES", strict=False))}
    found, start, open_kind = [], 0, None  # of the open span
    for position, tag in enumerate(tags):
        prefix, kind = split_tag(tag)
        if prefix not in roles:
            raise DataError(
                _described(prefixes),
                f"{tag!r} as tag {position}",
                fix="Name the scheme of the tags, or None if they are no spans",
            )
        role = roles[prefix]
        goes_on = role in "IE" and kind == open_kind
        if open_kind is not None and not goes_on:
            found.append((open_kind, start, position))
            open_kind = None
        if role != "O" and not goes_on:
            start, open_kind = position, kind
        if role in "ES":
            found.append((kind, start, position + 1))
            open_kind = None
    if open_kind is not None:
        found.append((open_kind, start, len(tags)))
    return found


def _write(found: Sequence[Span], length: int, scheme: str | None) -> list[str]:
    tags = ["O"] * length
    letters = SCHEMES[scheme or "BIO"]
    before = None  # type and end of the previous span
    for kind, start, end in found:
        prefixes = [letters[0]] + [letters[1]] * (end - start - 1)
        if scheme == "IOB1" and before != (kind, start):
            prefixes[0] = "I"
        if len(letters) > 2:
            prefixes[-1] = letters[2] if len(prefixes) > 1 else letters[3]
        tags[start:end] = [
            f"{prefix}-{kind}" if kind else prefix for prefix in prefixes
        ]
        before = kind, end
    return tags
