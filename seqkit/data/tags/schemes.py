"""Tags as spans, and spans as tags: IOB1, BIO and BIOES.

Tags are strings: `"O"`, or a prefix, a dash and a type as in `"B-PER"`; if there is
only one type, it is `""` and the prefix has no dash. A span of type X is, in

- `"IOB1"` (Ramshaw and Marcus 1995, arXiv:cmp-lg/9505040): `I-X I-X …`, its first tag
  `B-X` only right after another span of type X;
- `"BIO"` (also known as IOB2): `B-X I-X …`;
- `"BIOES"`: `B-X I-X … E-X`, or `S-X` if it is one word.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from seqkit.errors import DataError

SCHEMES = {"IOB1": "BI", "BIO": "BI", "BIOES": "BIES"}  # to the prefixes of spans

Span = tuple[str, int, int]
"""Type, start and end (exclusive)."""


def detect_scheme(sequences: Iterable[Sequence[str]]) -> str | None:
    """Returns the scheme of N lists of tags.

    There is none if a tag is neither `O` nor a prefix with or without a type, such as a
    part of speech. With `E-` or `S-` it is BIOES. Otherwise it is BIO if spans begin
    with `B-`, and IOB1 if they begin with `I-` except after a span of their type. The
    majority decides, so that a few mistakes do not matter.

    Returns:
        `"IOB1"`, `"BIO"`, `"BIOES"` or `None`, also if all tags are `O`.

    >>> from seqkit.data.tags.schemes import detect_scheme
    >>> detect_scheme([["O", "I-PER", "I-PER"], ["B-LOC"]]), detect_scheme([["NOUN"]])
    ('BIO', None)
    """
    starts = Counter()
    for tags in sequences:
        before = None
        for tag in tags:
            prefix, kind = _parse(tag)
            if prefix is None:
                return None
            if prefix == "O":
                before = None
            else:
                # After a span of its type either prefix is right in both.
                starts[prefix] += prefix in "ES" or kind != before
                before = kind
    if starts["E"] or starts["S"]:
        return "BIOES"
    if not starts:
        return None
    return "IOB1" if starts["I"] > starts["B"] else "BIO"


def read_spans(tags: Sequence[str]) -> list[Span]:
    """Returns the spans of T tags as conlleval reads them: (type, start, end).

    `B-` and `S-` begin a span, and so do `I-` and `E-` unless they follow one of their
    type; `E-` and `S-` end theirs. So tags of all three schemes can be read, even if
    they break their scheme (Tjong Kim Sang and Buchholz 2000,
    https://aclanthology.org/W00-0726/).

    Raises:
        DataError: A tag is of no scheme.

    >>> from seqkit.data.tags.schemes import read_spans
    >>> read_spans(["I-PER", "I-PER", "I-LOC", "O", "E-LOC"])
    [('PER', 0, 2), ('LOC', 2, 3), ('LOC', 4, 5)]
    """
    return _read(tags, "BIES")


def spans(tags: Sequence[str], scheme: str | None) -> list[Span]:
    """Returns the spans of T tags that follow a scheme; none if that is `None`.

    Raises:
        DataError: Tags break the scheme; `repair` mends them.

    >>> from seqkit.data.tags.schemes import spans
    >>> spans(["B-PER", "I-PER", "B-PER"], "BIO")
    [('PER', 0, 2), ('PER', 2, 3)]
    """
    found = _read(tags, _prefixes(scheme)) if scheme else []
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

    Returns:
        The tags, and the number of changed ones.

    Raises:
        DataError: A tag is not of the scheme.

    >>> from seqkit.data.tags.schemes import repair
    >>> repair(["O", "I-PER", "I-PER", "I-LOC"], "BIO")
    (['O', 'B-PER', 'I-PER', 'B-LOC'], 2)
    """
    mended = convert(tags, scheme, scheme)
    changed = sum(tag != new for tag, new in zip(tags, mended, strict=True))
    return mended, changed


def convert(tags: Sequence[str], source: str | None, target: str | None) -> list[str]:
    """Returns the tags of the same spans in another scheme.

    Args:
        tags: T tags. If they break their scheme, they are read as `repair` mends them.
        source, target: `"IOB1"`, `"BIO"`, `"BIOES"`, or both `None`.

    Raises:
        DataError: A tag is not of the source's scheme.

    >>> from seqkit.data.tags.schemes import convert
    >>> convert(["B-PER", "I-PER", "B-PER", "O"], "BIO", "BIOES")
    ['B-PER', 'E-PER', 'S-PER', 'O']
    """
    if source is None and target is None:
        return list(tags)
    prefixes = _prefixes(source)
    _prefixes(target)
    return _write(_read(tags, prefixes), len(tags), target)


def _prefixes(scheme: str | None) -> str:
    if scheme not in SCHEMES:
        raise DataError(f"a scheme, one of {', '.join(SCHEMES)}", repr(scheme))
    return SCHEMES[scheme]


def _parse(tag: str) -> tuple[str | None, str]:
    """`"B-PER"` to `("B", "PER")`; `(None, tag)` if it is of no scheme."""
    prefix, dash, kind = tag.partition("-")
    if tag == "O" or (prefix in ("B", "I", "E", "S") and bool(dash) == bool(kind)):
        return prefix, kind
    return None, tag


def _read(tags: Sequence[str], prefixes: str) -> list[Span]:
    found, start, open_kind = [], 0, None  # of the open span
    for position, tag in enumerate(tags):
        prefix, kind = _parse(tag)
        if prefix is None or prefix not in f"O{prefixes}":
            expected = ", ".join(f"{prefix}-TYPE" for prefix in prefixes)
            raise DataError(
                f"O or one of {expected}",
                f"{tag!r} as tag {position}",
                fix="Name the scheme of the tags, or None if they are no spans",
            )
        goes_on = prefix in "IE" and kind == open_kind
        if open_kind is not None and not goes_on:
            found.append((open_kind, start, position))
            open_kind = None
        if prefix != "O" and not goes_on:
            start, open_kind = position, kind
        if prefix in "ES":
            found.append((kind, start, position + 1))
            open_kind = None
    if open_kind is not None:
        found.append((open_kind, start, len(tags)))
    return found


def _write(found: Sequence[Span], length: int, scheme: str | None) -> list[str]:
    tags = ["O"] * length
    before = None  # type and end of the previous span
    for kind, start, end in found:
        prefixes = ["B"] + ["I"] * (end - start - 1)
        if scheme == "IOB1" and before != (kind, start):
            prefixes[0] = "I"
        if scheme == "BIOES":
            prefixes[-1] = "E" if len(prefixes) > 1 else "S"
        tags[start:end] = [
            f"{prefix}-{kind}" if kind else prefix for prefix in prefixes
        ]
        before = kind, end
    return tags
