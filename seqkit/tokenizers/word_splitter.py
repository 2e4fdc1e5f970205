"""The words of a text, and their places in it."""

import functools

import regex

from seqkit.errors import SeqkitError
from seqkit.tokenizers.texts import check_unicode

# All patterns mean the same to the `regex` package and to RE2, which splits inside a
# TensorFlow graph: no lookaround, no back references, no `\w`, which is ASCII there.
# Properties such as `\p{L}` are within brackets, so that ranges can replace them.

BOUNDARY = "\x1f"
"""Is before and after each word while a text is being split."""

# As in `str.isspace`.
_SPACE = r"\x09-\x0d\x1c-\x20\x85\xa0" + (
    "\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
)
# Also control characters, spaces of no width and marks of direction.
_INVISIBLE = r"\x00-\x20\x7f-\xa0" + (
    "\u061c\u1680\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
)
# Also what joins letters within words.
_LETTERS = r"\p{L}\p{M}\p{N}_\xad" + "\u200c\u200d"

_HOST = r"[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+){0,3}"
_WHOLE = (
    rf"[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}@{_HOST}\.[A-Za-z0-9-]+",
    rf"{_HOST}\.(?:com|org|net|edu|gov)(?:/(?:[!-;=?-~]*[A-Za-z0-9/])?)?",
    r"[\p{Nd}]+(?:[.,:/-][\p{Nd}]+)+",
    r"[\p{L}]\.(?:(?:[\p{L}]\.)+[\p{L}]?|[\p{L}])",
)
_TITLES = (
    "Mr|Mrs|Ms|Dr|Prof|Rev|Gen|Col|Sgt|Capt|Lt|Gov|Sen|Rep|St|Jr|Sr|Inc|Ltd|Corp|Co"
    "|vs|etc|Jan|Feb|Aug|Sept|Oct|Nov|Dec"
)
_SYMBOL = (
    "[\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
    "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
)
# Of these, the first that fits is a word. None ends between two characters of a word.
_WORDS = (
    rf"(?:(?:[hH][tT][tT][pP][sS]?|[fF][tT][pP])://|[wW][wW][wW]\.)"
    rf"[^{_INVISIBLE}<>\x22'’”]*[{_LETTERS}/]",
    rf"(?:{'|'.join(_WHOLE)})[{_LETTERS}]*",
    rf"[@#][{_LETTERS}]+",
    rf"(?:{_TITLES})\.",
    rf"[{_LETTERS}](?:[-&'’]?[{_LETTERS}])*",
    "[\U0001f1e6-\U0001f1ff]{2}",
    f"{_SYMBOL}(?:\u200d{_SYMBOL})*",
    r"[:;]-?[()]+|<?-+>?|<?=+>?|[!?]+",
    "|".join(rf"{regex.escape(one)}+" for one in "\"#$%&'*+,./:;<>@\\^`|~\u2013\u2014"),
    rf"[^{_INVISIBLE}][\p{{M}}]*",
)
_CLITIC = r"['’](?:[sSmMdD]|[rR][eE]|[vV][eE]|[lL][lL])"
_SPLIT_CLITIC = (rf"([^\x1f])({_CLITIC})\x1f", "\\1\x1f\x1f\\2\x1f")

PASSES = {
    "whitespace": ((f"([^{_SPACE}]+)", "\x1f\\1\x1f"),),
    "words": (
        (f"({'|'.join(_WORDS)})", "\x1f\\1\x1f"),
        # Clitics by themselves, or after what holds no apostrophes.
        (
            r"\x1f(['’])\x1f\x1f([sSmMdD]|[rR][eE]|[vV][eE]|[lL][lL])\x1f",
            "\x1f\\1\\2\x1f",
        ),
        # Twice: they'd've.
        _SPLIT_CLITIC,
        _SPLIT_CLITIC,
        (r"([^\x1f])([nN]['’][tT])\x1f", "\\1\x1f\x1f\\2\x1f"),
        (
            r"\x1f(?:([cC]an)(not)|([gG]on|[wW]an)(na)|([gG]ot)(ta))\x1f",
            "\x1f\\1\\3\\5\x1f\x1f\\2\\4\\6\x1f",
        ),
    ),
}
"""For each rule, patterns and their replacements, applied in turn."""


class WordSplitter:
    """Texts to words, with the place of each word in its text.

    The rule `"whitespace"` splits only at white space, as `str.split` does. The rule
    `"words"` is for running text:

    - web and e-mail addresses, `@names` and `#tags` stay whole;
    - numbers stay whole with `.` `,` `:` `/` `-` between digits: `1,000.50`, `10:30`;
    - words stay whole with single hyphens, apostrophes and `&` between letters or
      digits, and with the dots of `U.S.`, `e.g.` and of titles and months such as
      `Dr.`;
    - English clitics are words of their own, as in the Penn Treebank: `do n't`,
      `it 's`, `I 'm`, `we 've`, `they 'll`, `he 'd`, `can not`, `gon na`;
    - every other visible character is a word of its own, with its combining marks; runs
      of one mark are one word (`...`, `--`), and so are `?!`, `:-)`, `->`,
      an emoji of several parts and a flag.

    White space and invisible characters, such as control characters, separate words
    and belong to none. Scripts without spaces are not split further.

    >>> from seqkit.tokenizers import WordSplitter
    >>> splitter = WordSplitter()
    >>> splitter.split("I don't.")
    [('I', 0, 1), ('do', 2, 4), ("n't", 4, 7), ('.', 7, 8)]
    >>> [word for word, _, _ in splitter.split("Mr. O'Neil's well-known U.S. tour...")]
    ['Mr.', "O'Neil", "'s", 'well-known', 'U.S.', 'tour', '...']
    """

    def __init__(self, rule: str = "words"):
        if rule not in PASSES:
            raise SeqkitError(
                f"rule: expected one of {', '.join(PASSES)}, found {rule!r}"
            )
        self.rule = rule
        self._passes = _compiled(rule)

    def split(self, text: str) -> list[tuple[str, int, int]]:
        """`(word, start, end)` for each word of a text; `text[start:end]` is `word`."""
        check_unicode(0, text)
        marked = text.replace(BOUNDARY, " ")
        for pattern, replacement in self._passes:
            marked = pattern.sub(replacement, marked)
        # Space, a word, space, a word, ...
        words, end = [], 0
        for number, piece in enumerate(marked.split(BOUNDARY)):
            start, end = end, end + len(piece)
            if number % 2:
                words.append((piece, start, end))
        return words

    def get_config(self) -> dict:
        """The constructor's arguments, as plain data."""
        return {"rule": self.rule}


@functools.cache
def _compiled(rule):
    return [(regex.compile(pattern), then) for pattern, then in PASSES[rule]]
