"""Lines of text through a model, as a Unix filter: as many out as came in."""

import os
import re
import select


def read_chunks(stream, size, announce):
    """Lines of a byte stream, in lists as long as the input allows.

    A fast source fills each list; from a slow one, such as a keyboard, what has
    come is handed on at once. Only a line feed ends a line; a carriage return
    before it belongs to the line end.

    Args:
        stream: Binary file; nothing has been read from it.
        size: Greatest number of lines in a list.
        announce: Called with a warning where a line is not UTF-8; the broken bytes
            are replaced by U+FFFD.

    Yields:
        Lists of text, never empty, without line ends.

    >>> import io
    >>> from seqkit._lines import read_chunks
    >>> list(read_chunks(io.BytesIO(b"a\\n\\nb"), 2, print))
    [['a', ''], ['b']]
    """
    lines, rest, number = [], b"", 0
    for block in _read_blocks(stream):
        if block:
            *complete, rest = (rest + block).split(b"\n")
        elif block is None:  # the end; the last line may lack its line feed
            complete, rest = [rest] if rest else [], b""
        else:  # nothing more at present
            complete = []
        for line in complete:
            number += 1
            lines.append(_decode(line, number, announce))
            if len(lines) == size:
                yield lines
                lines = []
        if not block and lines:
            yield lines
            lines = []


def _read_blocks(stream):
    """Bytes as they come; b"" where the source pauses, None at its end."""
    try:
        file = stream.fileno()
    except OSError:  # held in memory
        yield stream.read()
        yield None
        return
    while True:
        if not select.select([file], [], [], 0)[0]:
            yield b""
        block = os.read(file, 1 << 16)
        yield block or None
        if not block:
            return


def _decode(line, number, announce):
    line = line.removesuffix(b"\r")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        announce(
            f"line {number}: expected UTF-8, found byte 0x{line[error.start]:02x}; "
            "replaced by U+FFFD"
        )
        return line.decode("utf-8", errors="replace")


def one_line(text):
    """A prediction as one line of output.

    >>> from seqkit._lines import one_line
    >>> one_line("two\\r\\nlines")
    'two lines'
    """
    return re.sub(r"[\r\n]+", " ", text)
