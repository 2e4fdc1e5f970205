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

    Lower case, without punctuation; contractions split as in the Penn Treebank; words
    with hyphens, slashes, apostrophes and decimal points are whole. That is close to
    COCO's PTBTokenizer, but abbreviations lose their last point, `cannot` and `gonna`
    stay whole, brackets always go, and addresses and emoticons are not special.
    """
    text = text.lower().replace("’", "'")
    text = _CONTRACTION.sub(r" \1", text)
    return [token for token in _TOKEN.findall(text) if token not in _REMOVED]
