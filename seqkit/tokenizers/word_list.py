"""Lists of words, in memory and in files."""

import re
from collections.abc import Container
from pathlib import Path

from seqkit.errors import DataError
from seqkit.tokenizers.special_tokens import SPECIAL_PIECES, UNKNOWN_ID

UNKNOWN = SPECIAL_PIECES[UNKNOWN_ID]
_SPACE = re.compile("[ \t\n\r\v\f]")


def read_word_list(path: str | Path) -> list[str]:
    """The words of a file with one word a line, save for `<unk>`.

    Raises:
        DataError: There is no such file, or a line is not one new word.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError("a file with one word a line", "none", where=path)
    words = {}
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            # Some editors put a mark at the beginning.
            word = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            wrong = f"byte 0x{error.object[error.start]:02x}, which is no UTF-8"
        else:
            if word == UNKNOWN:
                continue
            wrong = wrong_word(word, words)
        if wrong:
            raise DataError("one word, each once", wrong, where=path, line=number)
        words[word] = None
    if not words:
        raise DataError("one word a line", "no words", where=path)
    return list(words)


def wrong_word(word: object, known: Container) -> str | None:
    """What keeps something from being the next word, or nothing."""
    if not isinstance(word, str):
        return repr(word)
    if not word:
        return "nothing"
    if _SPACE.search(word):
        return f"white space in {word!r}"
    if any("\ud800" <= one <= "\udfff" for one in word):
        return f"a lone surrogate in {word!r}"
    if word == UNKNOWN:
        return f"{UNKNOWN}, which is a token anyway"
    if word in known:
        return f"{word!r} again"
    return None
