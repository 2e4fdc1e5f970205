"""German phrases: case, gender and number of determiner, adjective and noun."""

from seqkit.samples.english_german.meaning import NounPhrase, Place, Pronoun, Relative
from seqkit.samples.english_german.words import Noun

# Endings of dieser, mein, kein and of adjectives: masculine, feminine, neuter, plural.
_STRONG = {
    "nominative": {"m": "er", "f": "e", "n": "es", "plural": "e"},
    "accusative": {"m": "en", "f": "e", "n": "es", "plural": "e"},
    "dative": {"m": "em", "f": "er", "n": "em", "plural": "en"},
}
# Adjectives after a determiner that shows the case itself.
_WEAK = {
    "nominative": {"m": "e", "f": "e", "n": "e", "plural": "en"},
    "accusative": {"m": "en", "f": "e", "n": "e", "plural": "en"},
    "dative": {"m": "en", "f": "en", "n": "en", "plural": "en"},
}
_THE = {
    "nominative": {"m": "der", "f": "die", "n": "das", "plural": "die"},
    "accusative": {"m": "den", "f": "die", "n": "das", "plural": "die"},
    "dative": {"m": "dem", "f": "der", "n": "dem", "plural": "den"},
}
# "ein", "mein" have no ending here, and the adjective shows the case instead.
_BARE = {("nominative", "m"), ("nominative", "n"), ("accusative", "n")}
_STEMS = {"a": "ein", "my": "mein", "our": "unser", "no": "kein"}
_NUMBERS = {"two": "zwei", "three": "drei", "many": "viele", "": ""}
_CONTRACTIONS = {"in dem ": "im ", "in das ": "ins "}


def place_in_german(place: Place) -> str:
    """A preposition and its phrase: "im alten Garten", "in den Garten"."""
    preposition, phrase = place
    text = f"{preposition.german} {phrase_in_german(phrase, preposition.case)}"
    for long, short in _CONTRACTIONS.items():
        if text.startswith(long):
            return short + text[len(long) :]
    return text


def phrase_in_german(phrase: NounPhrase | Pronoun | Relative, case: str) -> str:
    """A phrase in nominative, accusative or dative, without its relative clause."""
    if isinstance(phrase, Pronoun):
        return phrase[2 + ("nominative", "accusative", "dative").index(case)]
    gender = "plural" if phrase.is_plural else phrase.noun.gender
    if isinstance(phrase, Relative):
        return _THE[case][gender]
    determiner, adjective_ending = _determiner(phrase.determiner, case, gender)
    words = [determiner] if determiner else []
    if phrase.adjective:
        words.append(phrase.adjective.stem + adjective_ending)
    words.append(_noun(phrase.noun, case, phrase.is_plural))
    return " ".join(words)


def _determiner(english: str, case: str, gender: str) -> tuple[str, str]:
    """The German determiner and the ending of an adjective after it."""
    strong, weak = _STRONG[case][gender], _WEAK[case][gender]
    if english == "the":
        return _THE[case][gender], weak
    if english == "this":
        return "dies" + strong, weak
    if english in _NUMBERS:
        is_inflected = english == "many" and case == "dative"
        return _NUMBERS[english] + "n" * is_inflected, strong
    if (case, gender) in _BARE:
        return _STEMS[english], strong
    return _STEMS[english] + strong, weak


def _noun(noun: Noun, case: str, is_plural: bool) -> str:
    if is_plural:
        ends = case == "dative" and noun.german_plural[-1] not in "ns"
        return noun.german_plural + "n" * ends
    return noun.german if case == "nominative" else noun.german_oblique
