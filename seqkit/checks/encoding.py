"""Text that was probably damaged before it came here."""

import re
from collections import Counter
from collections.abc import Iterator

import pyarrow.compute as pc

from seqkit.checks.examples import Examples, brief, found_or, percent
from seqkit.checks.findings import Finding

_CONTROL = r"\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}"
# What the continuation bytes of UTF-8 are in cp1252, and in Latin-1.
_TAIL = r"[\x{80}-\x{bf}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_MISREAD = rf"[ÂÃÄÅÎÏÐÑ]{_TAIL}|[âã]{_TAIL}{{2}}|ð{_TAIL}{{3}}"
_SUSPECT = rf"[\x00\x{{fffd}}{_CONTROL}]|{_MISREAD}|&(#\d+|#x[0-9a-fA-F]+|[a-z]+);"
"""As RE2 writes it, for Arrow: anything that `_damages` may name."""
_ENTITY = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos|nbsp);")

KINDS = {
    "a NUL": "fail",
    "UTF-8 that was read as another encoding, such as Ã¼ for ü": "warn",
    "U+FFFD in place of a character": "warn",
    "control characters": "warn",
    "HTML entities": "warn",
}
_NUL, _MOJIBAKE, _LOST, _CONTROLS, _HTML = KINDS


def encoding(examples: Examples) -> Iterator[Finding]:
    """Rows with traces of a wrong encoding, by kind of damage."""
    if columns := examples.columns("text", "texts", "words"):
        found = (
            one
            for column in columns
            for split in examples.splits
            for one in _of_split(examples, split, column)
        )
        yield from found_or(found, "no trace of a wrong encoding")


def _of_split(examples: Examples, split: str, column: str) -> Iterator[Finding]:
    counts: Counter[str] = Counter()
    first: dict[str, dict[int, str]] = {}
    total = 0
    for rows, texts in examples.strings(split, column):
        total += len(texts)
        suspect = pc.match_substring_regex(texts, _SUSPECT)  # type: ignore
        numbers = rows[suspect.to_numpy(zero_copy_only=False)].tolist()
        for row, text in zip(numbers, texts.filter(suspect).to_pylist(), strict=True):
            for kind, found in damages(text):
                counts[kind] += 1
                places = first.setdefault(kind, {})
                if len(places) < examples.most_places:
                    places.setdefault(row, brief(_around(text, found)))
    for kind, count in counts.most_common():
        yield Finding(
            f"{split}, {column}: {count:,} of {total:,} ({percent(count, total)}) have "
            f"{kind}",
            "fail" if KINDS[kind] == "fail" or 20 * count > total else "warn",
            count,
            examples.places(split, first[kind], first[kind].__getitem__),
        )


def _python(pattern: str) -> re.Pattern:
    """The same pattern as Python writes it."""
    return re.compile(re.sub(r"\\x\{(..)\}", r"\\x\1", pattern))


_MISREADS, _CONTROLS_RE = _python(_MISREAD), _python(f"[{_CONTROL}]")


def damages(text: str) -> Iterator[tuple[str, int]]:
    """Yields each kind of damage in a text, and where it begins.

    >>> from seqkit.checks.encoding import damages
    >>> [kind for kind, _ in damages("GrÃ¼ÃŸe &amp; more")]
    ['UTF-8 that was read as another encoding, such as Ã¼ for ü', 'HTML entities']
    """
    if "\0" in text:
        yield _NUL, text.index("\0")
    for match in _MISREADS.finditer(text):
        if is_misread(match[0]):
            yield _MOJIBAKE, match.start()
            break
    if "\ufffd" in text:
        yield _LOST, text.index("\ufffd")
    if match := _CONTROLS_RE.search(text):
        if not is_misread(text[max(match.start() - 1, 0) : match.end()]):
            yield _CONTROLS, match.start()
    if match := _ENTITY.search(text):
        yield _HTML, match.start()


def is_misread(text: str) -> bool:
    """Whether the characters are the bytes of others in UTF-8."""
    try:
        raw = b"".join(
            bytes([ord(one)]) if ord(one) < 256 else one.encode("cp1252")
            for one in text
        )
        return len(raw.decode()) < len(text)
    except UnicodeError:
        return False


def _around(text: str, start: int) -> str:
    return text[max(start - 15, 0) :]
