"""The words of captions when they are scored."""

import re

# Removed, as in COCO's evaluation: brackets, quotes, and marks between clauses.
_REMOVED = ".,?!:;-–—…'`\"()[]{}‘’“”„«»¿¡。、，！？：；（）「」『』।؟،؛"
_PUNCTUATION = re.escape(_REMOVED + "$%&#@*+=/<>~^|\\")
_LETTER = rf"[^\s{_PUNCTUATION}]"
_CLITIC = "n't|'(?:s|m|d|ll|re|ve)"
_END = rf"(?!{_LETTER})"
_CONTRACTION = re.compile(rf"(?<={_LETTER})({_CLITIC}){_END}")
_TOKEN = re.compile(
    rf"(?:{_CLITIC}){_END}"  # the end of a contraction, also alone
    rf"|{_LETTER}+(?:(?:[-'/]|(?<=\d)[.,:](?=\d)){_LETTER}+)*"
    r"|\S"
)


def caption_tokens(text: str) -> list[str]:
    """The words of a caption as `caption_scores` counts them.

    Lower case; contractions split as in the Penn Treebank (`do n't`, `man 's`); words
    with hyphens, slashes, inner apostrophes and decimal points kept whole; punctuation
    removed; other signs are words of their own.

    This is close to COCO's evaluation, the PTBTokenizer of Stanford CoreNLP (in Java)
    with a list of removed tokens. It differs in that abbreviations lose their last
    point (`u.s.` is `u` and `s`), `cannot` and `gonna` stay whole, square brackets are
    removed too, round ones always, and web addresses, e-mail addresses and emoticons
    are not special.
    """
    text = text.lower().replace("’", "'")
    text = _CONTRACTION.sub(r" \1", text)
    return [token for token in _TOKEN.findall(text) if token not in _REMOVED]
