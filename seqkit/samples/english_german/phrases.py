"""Draws phrases: a determiner, perhaps an adjective, a noun; a place."""

from collections.abc import Callable, Sequence
from random import Random

from seqkit.samples.chance import pick
from seqkit.samples.english_german.lexicon import (
    ADJECTIVES,
    NOUNS,
    PREPOSITIONS,
    nouns_with,
)
from seqkit.samples.english_german.meaning import (
    DEFINITE,
    Combination,
    NounPhrase,
    Place,
    Pronoun,
    adjective_pair,
)
from seqkit.samples.english_german.words import Noun

# Not "you", "it", "them": they have several German words, or the reverse.
PRONOUNS = (
    Pronoun("I", "me", "ich", "mich", "mir", "first"),
    Pronoun("he", "him", "er", "ihn", "ihm", "third"),
    Pronoun("she", "her", "sie", "sie", "ihr", "third"),
    Pronoun("we", "us", "wir", "uns", "uns", "plural"),
    Pronoun("they", "", "sie", "", "", "plural"),
)
OBJECT_PRONOUNS = PRONOUNS[:4]

# Listed as often as they are drawn.
_SINGULAR = ("the",) * 8 + ("a",) * 6 + ("this",) * 2
_PLURAL = ("the",) * 5 + ("two", "three", "many", "this")
_PLURAL_OF_THINGS = _PLURAL + ("",) * 4

_PLACES = {
    name: nouns_with([preposition.tag]) for name, preposition in PREPOSITIONS.items()
}


class PhraseSampler:
    """Draws phrases of adjectives and nouns that are allowed together."""

    def __init__(self, is_allowed: Callable[[Combination], bool]):
        # The adjectives of every noun, by its English word.
        self.adjectives = {
            noun.english: tuple(
                adjective
                for adjective, nouns in ADJECTIVES.items()
                if noun in nouns and is_allowed(adjective_pair(adjective, noun))
            )
            for noun in NOUNS
        }

    def phrase(
        self,
        rng: Random,
        noun: Noun,
        adjective: float = 0.35,
        plural: float = 0.25,
        definite: bool = False,
    ) -> NounPhrase:
        """Draws a noun's phrase; adjective and plural are probabilities."""
        is_plural = rng.random() < plural and noun.english_plural != "-"
        tags = noun.tags
        determiner = pick(rng, _determiners(tags, is_plural))
        if "own" in tags and rng.random() < (0.8 if "kin" in tags else 0.2):
            determiner = pick(rng, ("my", "our"))
        if definite and determiner not in DEFINITE:
            determiner = "the"
        adjectives = self.adjectives[noun.english]
        chosen = None
        if adjectives and rng.random() < adjective:
            chosen = pick(rng, adjectives)
        return NounPhrase(determiner, chosen, noun, is_plural)

    def place(self, rng: Random, name: str) -> Place:
        """Draws a place for the preposition of that name."""
        noun = pick(rng, _PLACES[name])
        phrase = self.phrase(rng, noun, adjective=0.3, plural=0.0, definite=True)
        return Place(PREPOSITIONS[name], phrase)


def _determiners(tags: frozenset[str], is_plural: bool) -> Sequence[str]:
    """The determiners to draw from; things may have none ("buys red coats")."""
    if "drink" in tags:
        return ("the",)
    if not is_plural:
        return _SINGULAR
    return _PLURAL if tags & {"person", "animal"} else _PLURAL_OF_THINGS
