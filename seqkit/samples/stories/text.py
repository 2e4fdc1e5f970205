"""The words of a line to its text, and back."""

import re

from seqkit.samples.stories.lexicon import NAMES

# Words are in lower case except names; quotation marks open or close.
OPEN, CLOSE = "“", "”"

_NAMES = frozenset(name.word for name in NAMES)
_SENTENCE_BEGINS = re.compile(rf"(?:^|\. ){OPEN}?([a-z])")


def to_text(words: list[str]) -> str:
    """The text of some words, with capitals at the beginning of sentences."""
    text = " ".join(words)
    for before, after in ((" .", "."), (" ,", ","), (OPEN + " ", OPEN)):
        text = text.replace(before, after)
    text = text.replace(" " + CLOSE, CLOSE)
    text = _SENTENCE_BEGINS.sub(lambda match: match[0][:-1] + match[1].upper(), text)
    return text.replace(OPEN, '"').replace(CLOSE, '"')


def to_words(text: str) -> list[str] | None:
    """The words of a text; `None` if no words have that text."""
    words: list[str] = []
    is_quoted = False
    for word in re.findall(r"\w+|[^\w\s]", text):
        if word == '"':
            is_quoted = not is_quoted
            word = OPEN if is_quoted else CLOSE
        elif (not words or words[-1] in (".", OPEN)) and word not in _NAMES:
            word = word.lower()
        words.append(word)
    return words if to_text(words) == text else None
