"""What counts as a word when captions are scored."""

import re

# Removed, as COCO's evaluation does: brackets, quotes, and what ends or parts clauses.
_REMOVED = ".,?!:;-–—…'`\"()[]{}‘’“”„«»¿¡。、，！？：；（）「」『』।؟،؛"
_PUNCTUATION = re.escape(_REMOVED + "$%&#@*+=/<>~^|\\")
_LETTER = rf"[^\s{_PUNCTUATION}]"
_CLITIC = "n't|'(?:s|m|d|ll|re|ve)"
_END = rf"(?!{_LETTER})"
_CONTRACTION = re.compile(rf"(?<={_LETTER})({_CLITIC}){_END}")
_TOKEN = re.compile(
    rf"(?:{_CLITIC}){_END}"  # what parts of a contraction, also where it stands alone
    rf"|{_LETTER}+(?:(?:[-'/]|(?<=\d)[.,:](?=\d)){_LETTER}+)*"
    r"|\S"
)


def caption_tokens(text):
    """The words of a caption as `caption_scores` counts them.

    Lower case; contractions parted as in the Penn Treebank (`do n't`, `man 's`); words
    with hyphens, slashes, inner apostrophes and decimal points kept whole; other signs
    are words of their own, but those of punctuation are removed.

    Near to the PTBTokenizer of Stanford CoreNLP with the list of removed tokens that
    COCO's evaluation has, which needs Java. It differs in that abbreviations lose
    their last point (`u.s.` is `u` and `s`), `cannot` and `gonna` stay whole, square
    brackets go too, round ones always, and web addresses, e-mail addresses and
    emoticons are nothing special.

    Args:
        text: A caption.

    Returns:
        A list of strings.

    Example:

    >>> from seqkit.metrics.caption_tokens import caption_tokens
    >>> caption_tokens('A man\\'s T-shirt (red) says "don\\'t" ...')
    ['a', 'man', "'s", 't-shirt', 'red', 'says', 'do', "n't"]
    """
    text = text.lower().replace("’", "'")
    text = _CONTRACTION.sub(r" \1", text)
    return [token for token in _TOKEN.findall(text) if token not in _REMOVED]
