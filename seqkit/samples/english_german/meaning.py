"""The meaning of a sentence, before it is expressed in either language."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from seqkit.samples.english_german.words import (
    Adjective,
    Noun,
    Preposition,
    Verb,
)

# Two words in a relation: ("adjective", "old", "dog"),
# ("subject", "dog", "sleep"), ("object", "see", "dog").
Combination = tuple[str, str, str]

# The English determiners of something known.
DEFINITE = ("the", "this", "my", "our")


class Pronoun(NamedTuple):
    """A personal pronoun; `person` is what the verb agrees with."""

    english: str
    english_object: str
    german: str
    german_accusative: str
    german_dative: str
    person: str  # "first" (I), "third" (he, she) or "plural"


class NounPhrase(NamedTuple):
    """A determiner, perhaps an adjective, a noun, perhaps a relative clause."""

    determiner: str  # English: "the", "this", "a", "my", "our", "two", ...; "": none
    adjective: Adjective | None
    noun: Noun
    is_plural: bool
    relative: "Clause | None" = None


class Relative(NamedTuple):
    """The relative pronoun that stands for a noun in its relative clause."""

    noun: Noun
    is_plural: bool


class Place(NamedTuple):
    """Where, or where to."""

    preposition: Preposition
    phrase: NounPhrase


class Clause(NamedTuple):
    """A verb with everything that belongs to it.

    `tense` is "present", "habit" (English simple present), "perfect", "past" (German
    perfect) or a modal verb: "will", "can", "must", "want", "like". A clause without
    a verb has a copula and an adjective. `front` is what precedes the finite verb
    instead of the subject: "time", "place", "why", "where" or "" for nothing.
    """

    subject: Any  # a `NounPhrase`, `Pronoun` or `Relative`
    verb: Any  # a `Verb`, or `None`
    tense: str = "present"
    negated: bool = False
    direct: NounPhrase | Pronoun | Relative | None = None
    recipient: NounPhrase | Pronoun | None = None
    place: Any = None  # a `Place`
    time: Any = None  # an `Adverb`
    predicate: Any = None  # an `Adjective`
    front: str = ""
    # A relative clause about `direct`, which German moves after the last verb.
    trailing: "Clause | None" = None


class Sentence(NamedTuple):
    """A main clause, a subordinate clause before or after it, or a question."""

    main: Clause
    conjunction: str = ""  # English: "because", "although", "if", "that"
    subordinate: Clause | None = None
    subordinate_first: bool = False
    is_question: bool = False


def person_of(subject: NounPhrase | Pronoun | Relative) -> str:
    """What the verb agrees with: "first" (I), "third" or "plural"."""
    if isinstance(subject, Pronoun):
        return subject.person
    return "plural" if subject.is_plural else "third"


def combinations(sentence: Sentence) -> set[Combination]:
    """The pairs of words that a sentence puts into a relation."""
    found = set(_of_clause(sentence.main))
    if sentence.subordinate:
        found.update(_of_clause(sentence.subordinate))
    return found


def subject_pair(noun: Noun, verb: Verb) -> Combination:
    """The combination of a verb and the noun that is its subject."""
    return ("subject", noun.english, verb.prefix + verb.german)


def object_pair(verb: Verb, noun: Noun) -> Combination:
    """The combination of a verb and the noun that is its object, in any case."""
    return ("object", verb.prefix + verb.german, noun.english)


def adjective_pair(adjective: Adjective, noun: Noun) -> Combination:
    """The combination of an adjective and its noun."""
    return ("adjective", adjective.english, noun.english)


def _of_clause(clause: Clause) -> Iterator[Combination]:
    subject, verb, direct = clause.subject, clause.verb, clause.direct
    yield from _of_phrase(subject)
    yield from _of_phrase(direct)
    yield from _of_phrase(clause.recipient)
    if clause.place:
        yield from _of_phrase(clause.place.phrase)
    if clause.trailing:
        yield from _of_clause(clause.trailing)
    if isinstance(subject, Pronoun):
        pass
    elif verb:
        yield subject_pair(subject.noun, verb)
    else:
        yield adjective_pair(clause.predicate, subject.noun)
    if direct and not isinstance(direct, Pronoun):
        yield object_pair(verb, direct.noun)


def _of_phrase(phrase) -> Iterator[Combination]:
    if isinstance(phrase, NounPhrase):
        if phrase.adjective:
            yield adjective_pair(phrase.adjective, phrase.noun)
        if phrase.relative:
            yield from _of_clause(phrase.relative)
