"""Draws clauses: a verb with its subject, objects, time and place."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple

from seqkit.samples.chance import pick
from seqkit.samples.english_german.lexicon import ADVERBS, VERBS, nouns_with
from seqkit.samples.english_german.meaning import (
    DEFINITE,
    Clause,
    Combination,
    Pronoun,
    object_pair,
    subject_pair,
)
from seqkit.samples.english_german.phrases import (
    OBJECT_PRONOUNS,
    PRONOUNS,
    PhraseSampler,
)
from seqkit.samples.english_german.words import Noun, Verb

PERSONS = nouns_with(["person"])
LIVING = nouns_with(["person", "animal"])

# Listed as often as they are drawn. "modal" is one of the modal verbs.
TENSES = ("present",) * 8 + ("habit", "perfect", "past") * 3 + ("modal",) * 5
PLAIN_TENSES = ("present",) * 6 + ("perfect",) * 2 + ("modal",) * 3
_MODALS = ("will", "will", "can", "must", "want", "like")
_MODALS_OF_SENSES = ("will", "can", "want")  # nobody has to see or hear

_TIMES = {
    tense: tuple(adverb for adverb in ADVERBS if tense in adverb.tenses)
    for tense in set(TENSES)
}
# "is always tired", but not "is tired every day" nor "is always big".
_PASSING = {"tired", "hungry", "friendly", "quiet"}
_TIMES_OF_COPULA = _TIMES["present"] + tuple(
    adverb for adverb in _TIMES["habit"] if "end" not in adverb.positions
)


class Use(NamedTuple):
    """A verb with the nouns it may be used with."""

    verb: Verb
    subjects: tuple[Noun, ...]
    objects: tuple[Noun, ...]
    takes_anybody: bool  # as its object


class ClauseSampler:
    """Draws clauses of verbs and nouns that go together and are allowed to."""

    def __init__(self, is_allowed: Callable[[Combination], bool]):
        self.phrases = PhraseSampler(is_allowed)
        uses = [
            Use(
                verb,
                tuple(n for n in verb.subjects if is_allowed(subject_pair(n, verb))),
                tuple(n for n in verb.objects if is_allowed(object_pair(verb, n))),
                set(PERSONS) <= set(verb.objects),
            )
            for verb in VERBS
        ]
        self.reporting = [use for use in uses if use.verb.frame == "that"]
        self.uses = [use for use in uses if use.verb.frame != "that"]

    def clause(
        self,
        rng: Random,
        tenses: Sequence[str],
        uses: Sequence[Use] = (),
        subject: Any = None,
        place: float = 0.2,
        negated: float = 0.0,
    ) -> Clause:
        """Draws a clause with a verb."""
        use = pick(rng, uses or self.uses)
        verb, tense, time = use.verb, "present", None
        if not verb.is_state:
            tense = pick(rng, tenses)
            if tense in ("habit", "past") or rng.random() < 0.3:
                time = pick(rng, _TIMES[tense])
        if tense == "modal":
            tense = pick(rng, _MODALS if verb.ing else _MODALS_OF_SENSES)
        # "muss nicht" is not "must not", "not often" not "nicht oft".
        is_negated = (
            rng.random() < negated
            and tense not in ("habit", "must")
            and (time is None or "middle" not in time.positions)
        )
        subject = subject or self.subject(rng, use, definite=is_negated)
        direct = recipient = where = None
        if use.objects:
            direct = self._object(rng, use, subject, is_negated)
        if verb.frame == "give":
            recipient = self._recipient(rng, subject, is_negated)
        if verb.places and (verb.needs_place or rng.random() < place):
            where = self.phrases.place(rng, pick(rng, verb.places))
        return Clause(subject, verb, tense, is_negated, direct, recipient, where, time)

    def copula(self, rng: Random, with_time: bool = False) -> Clause:
        """Draws "the dog is (not) tired", with a time if that makes sense."""
        noun = pick(rng, LIVING)
        predicate = pick(rng, self.phrases.adjectives[noun.english])
        negated = rng.random() < 0.2
        if "person" in noun.tags and rng.random() < 0.3:
            subject = pick(rng, PRONOUNS)
        else:
            subject = self.phrases.phrase(rng, noun, adjective=0.0, definite=True)
        time = None
        if with_time and predicate.english in _PASSING and not negated:
            time = pick(rng, _TIMES_OF_COPULA)
        return Clause(
            subject, None, "present", negated, None, None, None, time, predicate
        )

    def subject(self, rng: Random, use: Use, definite: bool = False) -> Any:
        """Draws a subject for a verb: a pronoun or a phrase."""
        noun = pick(rng, use.subjects)
        if "person" in noun.tags and rng.random() < 0.25:
            return pick(rng, PRONOUNS)
        return self.phrases.phrase(rng, noun, definite=definite)

    def _object(self, rng: Random, use: Use, subject, is_negated: bool):
        if use.takes_anybody and rng.random() < 0.2:
            pronoun = pick(rng, OBJECT_PRONOUNS)
            if not _overlap(pronoun, subject):
                return pronoun
        noun = _pick_another(rng, use.objects, subject)
        # "kein" for an indefinite object, but "nicht auf den Mann".
        definite = is_negated and "+" in use.verb.frame
        phrase = self.phrases.phrase(rng, noun, definite=definite)
        if is_negated and phrase.determiner not in (*DEFINITE, "a"):
            phrase = phrase._replace(determiner="")  # "not any", not "not two"
        return phrase

    def _recipient(self, rng: Random, subject, is_negated: bool):
        pronoun = pick(rng, OBJECT_PRONOUNS)
        if rng.random() < 0.35 and not _overlap(pronoun, subject):
            return pronoun
        noun = _pick_another(rng, PERSONS, subject)
        return self.phrases.phrase(rng, noun, adjective=0.25, definite=is_negated)


def _overlap(pronoun: Pronoun, subject) -> bool:
    """Whether both include the speaker, as in "I see us"."""
    first = ("I", "we")
    is_first = isinstance(subject, Pronoun) and subject.english in first
    return is_first and pronoun.english in first


def _pick_another(rng, nouns, subject):
    """A noun other than the subject's."""
    noun = pick(rng, nouns)
    while not isinstance(subject, Pronoun) and noun is subject.noun:
        noun = pick(rng, nouns)
    return noun
