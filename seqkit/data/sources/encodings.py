"""Encodings of text files: their names, broken bytes, and guesses.

A guess is made only if a file cannot be read in the encoding it was given.
"""

import codecs
import gzip
import io
import re
from pathlib import Path

from seqkit.errors import DataError

MARKS = "seqkit.marks"  # the error handler whose bytes `marked` finds
_MARK = re.compile("[\udc00-\udcff]")  # no decoder produces these otherwise
_HEAD = 1 << 16  # bytes of a file that a guess is based on
_BYTE_ORDER_MARKS = {  # the longer ones first, since they begin like the shorter
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in broken), error.end


codecs.register_error(MARKS, _mark)


def codec_name(encoding: str) -> str:
    """Returns Python's name of a text encoding."""
    try:
        name = codecs.lookup(encoding).name
        io.TextIOWrapper(io.BytesIO(), encoding=name)  # fails if it decodes no text
    except (LookupError, TypeError, ValueError) as error:
        raise DataError(
            'an encoding that Python knows, such as "utf-8", "cp1252" or "utf-16"',
            repr(encoding),
            where="encoding",
        ) from error
    return name


def marked(text: str) -> tuple[str, str | None]:
    """Finds bytes that were decoded with the error handler `MARKS`."""
    found = None if text.isascii() else _MARK.search(text)
    if found is None:
        return text, None
    byte = ord(found[0]) - 0xDC00
    place = f"byte 0x{byte:02x} at character {found.start() + 1} of the line"
    return _MARK.sub("\ufffd", text), place


def likely_encoding(path: Path, line: bytes = b"") -> str | None:
    """Guesses the encoding of a file; `line` is one that could not be decoded."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        head: bytes = file.read(_HEAD)
    for mark, name in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return name
    lines = [one for one in head.split(b"\n")[:-1] if not one.isascii()]
    whole = sum(map(_is_utf8, lines))
    if whole > len(lines) - whole:
        return "utf-8"
    if line not in head:
        head = head[: head.rfind(b"\n") + 1] + line
    try:
        import charset_normalizer
    except ImportError:  # `requests` may use another library
        return None
    matches = charset_normalizer.from_bytes(head)
    best = matches.best()
    if best is None or best.encoding in ("ascii", "utf_8"):
        return None
    name = best.encoding
    for match in matches:  # among equals, prefer the far more common one
        names = (match.encoding, *match.could_be_from_charset)
        equal = (match.chaos, match.coherence) == (best.chaos, best.coherence)
        if equal and "cp1252" in names:
            name = "cp1252"
    return name.replace("_", "-")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
