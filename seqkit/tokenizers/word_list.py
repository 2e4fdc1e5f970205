"""Lists of words, in memory and in files."""

import re
from os import PathLike
from pathlib import Path

from seqkit.errors import DataError
from seqkit.special_ids import UNKNOWN_ID
from seqkit.tokenizers.special_tokens import SPECIAL_PIECES
from seqkit.tokenizers.vocabulary import wrong_string

UNKNOWN = SPECIAL_PIECES[UNKNOWN_ID]
_SPACE = re.compile("[ \t\n\r\v\f]")


def read_word_list(path: str | PathLike[str]) -> list[str]:
    """The words of a file with one new word per line, without `<unk>`."""
    path = Path(path)
    if not path.is_file():
        raise DataError("a file with one word per line", "none", where=path)
    words = {}
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            # Some editors put a mark at the beginning.
            word = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            word = None
            wrong = f"byte 0x{error.object[error.start]:02x}, which is not UTF-8"
        else:
            if word == UNKNOWN:
                continue
            wrong = f"{word!r} again" if word in words else wrong_word(word)
        if wrong:
            raise DataError("one word, each once", wrong, where=path, line=number)
        words[word] = None
    if not words:
        raise DataError("one word per line", "no words", where=path)
    return list(words)


def wrong_word(word: object) -> str | None:
    """What keeps a value from being a word of a vocabulary, or nothing."""
    if isinstance(word, str) and _SPACE.search(word):
        return f"white space in {word!r}"
    if word == UNKNOWN:
        return f"{UNKNOWN}, which is a token anyway"
    return wrong_string(word)
