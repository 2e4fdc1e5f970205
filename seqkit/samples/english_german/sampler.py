"""Draws sentences: main clauses, questions, subordinate and relative clauses."""

from collections.abc import Callable
from random import Random

from seqkit.samples.chance import pick
from seqkit.samples.english_german.clauses import (
    LIVING,
    PLAIN_TENSES,
    TENSES,
    ClauseSampler,
)
from seqkit.samples.english_german.lexicon import NOUNS
from seqkit.samples.english_german.meaning import (
    Clause,
    Combination,
    NounPhrase,
    Relative,
    Sentence,
)
from seqkit.samples.english_german.phrases import PRONOUNS


class Sampler:
    """Draws the meanings of sentences without combinations that are not allowed."""

    def __init__(self, is_allowed: Callable[[Combination], bool] = lambda _: True):
        self._clauses = ClauseSampler(is_allowed)
        uses = self._clauses.uses
        self._uses_of_actions = [use for use in uses if not use.verb.is_state]
        self._uses_with_where = [
            use for use in uses if "in" in use.verb.places and not use.verb.needs_place
        ]
        self._uses_of_subject = {
            noun.english: [use for use in uses if noun in use.subjects]
            for noun in LIVING
        }
        # What is done to things, and the things that have adjectives too.
        uses = [use for use in uses if use.verb.frame in ("accusative", "give")]
        self._uses_of_object = {
            noun: [use for use in uses if noun in use.objects]
            for noun in NOUNS
            if noun not in LIVING
        }
        self._things = [
            noun
            for noun, its_uses in self._uses_of_object.items()
            if its_uses and self._clauses.phrases.adjectives[noun.english]
        ]
        self._kinds = (
            (self._simple,) * 9
            + (self._reason,) * 4
            + (self._copula, self._question, self._condition, self._report) * 2
            + (self._subject_with_relative,) * 2
            + (self._object_with_relative, self._thing_with_relative)
        )

    def sentence(self, rng: Random) -> Sentence:
        """Draws the meaning of one sentence."""
        return pick(rng, self._kinds)(rng)

    def _simple(self, rng: Random) -> Sentence:
        # "Today the man is (not) looking for a ball."
        clause = self._clauses.clause(rng, TENSES, place=0.35, negated=0.15)
        return Sentence(_fronted(rng, clause))

    def _copula(self, rng: Random) -> Sentence:
        # "Today the dog is tired."
        return Sentence(_fronted(rng, self._clauses.copula(rng, with_time=True)))

    def _question(self, rng: Random) -> Sentence:
        # "(Why) is the man looking for a ball?"
        word = pick(rng, ("", "", "why", "where"))
        if word == "where":
            tenses, uses = ("present", "modal"), self._uses_with_where
            clause = self._clauses.clause(rng, tenses, uses, place=0.0)
        else:
            clause = self._clauses.clause(rng, PLAIN_TENSES)
        if clause.subject is PRONOUNS[0]:  # "Am I sleeping?"
            clause = clause._replace(subject=PRONOUNS[-1])
        return Sentence(clause._replace(front=word), is_question=True)

    def _reason(self, rng: Random) -> Sentence:
        # "The man is laughing because the dog is tired."
        word = pick(rng, ("because", "because", "although"))
        main = self._clauses.clause(rng, PLAIN_TENSES, place=0.1)
        reason = self._subordinate(rng, PLAIN_TENSES)
        return Sentence(main, word, reason, subordinate_first=rng.random() < 0.33)

    def _condition(self, rng: Random) -> Sentence:
        # "If the dog is tired, the man will laugh."
        main = self._clauses.clause(rng, ("modal",), self._uses_of_actions, place=0.1)
        condition = self._subordinate(rng, ("present",))
        return Sentence(main, "if", condition, subordinate_first=rng.random() < 0.5)

    def _report(self, rng: Random) -> Sentence:
        # "The girl says that the dog has slept."
        use = pick(rng, self._clauses.reporting)
        main = Clause(self._clauses.subject(rng, use), use.verb)
        return Sentence(main, "that", self._subordinate(rng, TENSES))

    def _subject_with_relative(self, rng: Random) -> Sentence:
        # "The man who is looking for a ball is laughing."
        clause = self._clauses.clause(rng, PLAIN_TENSES)
        subject = clause.subject
        if isinstance(subject, NounPhrase) and subject.noun in LIVING:
            relative = self._relative(rng, subject)
            clause = clause._replace(subject=subject._replace(relative=relative))
        return Sentence(clause)

    def _object_with_relative(self, rng: Random) -> Sentence:
        # "I have seen the man who is looking for a ball."
        clause = self._clauses.clause(rng, PLAIN_TENSES, place=0.0)
        direct = clause.direct
        is_last = clause.place is None and clause.time is None
        if is_last and isinstance(direct, NounPhrase) and direct.noun in LIVING:
            clause = clause._replace(trailing=self._relative(rng, direct))
        return Sentence(clause)

    def _thing_with_relative(self, rng: Random) -> Sentence:
        # "The book that the woman is reading is new."
        thing = pick(rng, self._things)
        uses = self._uses_of_object[thing]
        is_plural = rng.random() < 0.25 and thing.english_plural != "-"
        relative = self._clauses.clause(rng, ("present", "perfect"), uses, place=0.0)
        relative = relative._replace(direct=Relative(thing, is_plural))
        subject = NounPhrase("the", None, thing, is_plural, relative)
        predicate = pick(rng, self._clauses.phrases.adjectives[thing.english])
        return Sentence(Clause(subject, None, predicate=predicate))

    def _subordinate(self, rng: Random, tenses: tuple[str, ...]) -> Clause:
        if rng.random() < 0.25:
            return self._clauses.copula(rng)
        return self._clauses.clause(rng, tenses, place=0.15, negated=0.1)

    def _relative(self, rng: Random, head: NounPhrase) -> Clause:
        uses = self._uses_of_subject[head.noun.english]
        subject = Relative(head.noun, head.is_plural)
        return self._clauses.clause(rng, PLAIN_TENSES, uses, subject=subject)


def _fronted(rng: Random, clause: Clause) -> Clause:
    """Sometimes moves the time or the place to the front of a main clause."""
    if clause.time and "front" in clause.time.positions and rng.random() < 0.5:
        return clause._replace(front="time")
    where = clause.place and clause.place.preposition.case == "dative"
    if where and not clause.negated and rng.random() < 0.3:
        return clause._replace(front="place")
    return clause
