"""What is known about a word, in both languages."""

from typing import NamedTuple


class Noun(NamedTuple):
    """A noun; `german_oblique` is the singular outside the nominative."""

    english: str
    english_plural: str
    gender: str  # "m", "f" or "n"
    german: str
    german_plural: str
    german_oblique: str
    tags: frozenset


class Adjective(NamedTuple):
    """An adjective: `stem` takes the endings, `german` follows the copula."""

    english: str
    german: str
    stem: str


class Verb(NamedTuple):
    """A verb with its forms, its frame and the nouns that go with it."""

    # English: "looks", "looked", "looked", "looking" + "for". No `ing`: simple present.
    english: str
    third: str
    past: str
    participle: str
    ing: str
    particle: str
    # German: "auf" + "stehen", "stehe", "steht", "aufgestanden", "ist".
    prefix: str
    german: str
    german_first: str
    german_third: str
    german_participle: str
    german_auxiliary: str
    # What the verb requires: "", "accusative", "dative", "give", or a preposition
    # with its case ("auf+accusative"), or a clause ("that").
    frame: str
    subjects: tuple
    objects: tuple
    places: tuple  # keys of PREPOSITIONS
    needs_place: bool
    is_state: bool  # no perfect, no modal verb, no adverb of time


class Adverb(NamedTuple):
    """When or how often; `positions` are its possible places in English."""

    english: str
    german: str
    tenses: frozenset
    positions: tuple  # of "front", "middle", "end"


class Preposition(NamedTuple):
    """A preposition of place: dative means where, accusative where to."""

    english: str
    german: str
    case: str
    tag: str  # what the noun has to be
