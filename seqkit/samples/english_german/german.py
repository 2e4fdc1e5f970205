"""Expresses a meaning in German: the two parts of the verb and the word order."""

from seqkit.samples.english_german.german_phrases import (
    phrase_in_german,
    place_in_german,
)
from seqkit.samples.english_german.meaning import (
    DEFINITE,
    Clause,
    NounPhrase,
    Pronoun,
    Relative,
    Sentence,
    person_of,
)
from seqkit.samples.english_german.words import Verb

_CONJUNCTIONS = {"because": "weil", "although": "obwohl", "if": "wenn", "that": "dass"}
_QUESTIONS = {"why": "warum", "where": "wo"}

# Finite forms for "I", "he" and "they".
_MODALS = {
    "will": {"first": "werde", "third": "wird", "plural": "werden"},
    "can": {"first": "kann", "third": "kann", "plural": "können"},
    "must": {"first": "muss", "third": "muss", "plural": "müssen"},
    "want": {"first": "will", "third": "will", "plural": "wollen"},
    "like": {"first": "möchte", "third": "möchte", "plural": "möchten"},
}
_AUXILIARIES = {
    "hat": {"first": "habe", "third": "hat", "plural": "haben"},
    "ist": {"first": "bin", "third": "ist", "plural": "sind"},
}


def to_german(sentence: Sentence) -> str:
    """The German of a sentence, with capital letter and final punctuation."""
    order = "first" if sentence.is_question else "second"
    if not sentence.subordinate:
        text = _clause(sentence.main, order)
    else:
        conjunction = _CONJUNCTIONS[sentence.conjunction]
        subordinate = f"{conjunction} {_clause(sentence.subordinate, 'last')}"
        if sentence.subordinate_first:
            text = f"{subordinate}, {_clause(sentence.main, 'first')}"
        else:
            text = f"{_clause(sentence.main, order)}, {subordinate}"
    # Two adjacent commas are one, and there is none before the final punctuation.
    text = text.replace(",,", ",").rstrip(",")
    return text[0].upper() + text[1:] + ("?" if sentence.is_question else ".")


def _clause(clause: Clause, order: str) -> str:
    """A clause with its finite verb "first", "second" or "last"."""
    finite, closing = _verb_bracket(clause, order)
    front = ""
    if clause.front in _QUESTIONS:
        front = _QUESTIONS[clause.front]
    elif clause.front == "time":
        front = clause.time.german
    elif clause.front == "place":
        front = place_in_german(clause.place)
    subject = phrase_in_german(clause.subject, "nominative")
    if isinstance(clause.subject, NounPhrase) and clause.subject.relative:
        subject += f", {_clause(clause.subject.relative, 'last')},"
    middle = _middle(clause)
    if order == "last":
        words = [*middle, closing, finite]
        # A relative pronoun opens its clause, also as an object.
        if isinstance(clause.direct, Relative):
            words = [phrase_in_german(clause.direct, "accusative"), subject, *words]
        else:
            words = [subject, *words]
    elif front or order == "first":
        words = [front, finite, subject, *middle, closing]
    else:
        words = [subject, finite, *middle, closing]
    text = " ".join(filter(None, words))
    if clause.trailing:
        text += f", {_clause(clause.trailing, 'last')},"
    return text


def _middle(clause: Clause) -> list[str]:
    """What is between the two parts of the verb, except the subject.

    In order: pronouns, a definite recipient, the time, definite objects, "nicht", the
    place, indefinite objects, an object with a preposition.
    """
    verb, direct, recipient = clause.verb, clause.direct, clause.recipient
    frame = verb.frame if verb else ""
    pronouns, recipients, definite, indefinite, last = [], [], [], [], []
    negation = "nicht" if clause.negated else ""
    if recipient:
        objects = definite
        if isinstance(recipient, Pronoun):
            objects = pronouns
        elif recipient.determiner in DEFINITE:
            objects = recipients
        objects.append(phrase_in_german(recipient, "dative"))
    if direct and "+" in frame:
        preposition, case = frame.split("+")
        last.append(f"{preposition} {phrase_in_german(direct, case)}")
    elif direct and not isinstance(direct, Relative):
        objects = indefinite
        if isinstance(direct, Pronoun):
            objects = pronouns
        elif direct.determiner in DEFINITE:
            objects = definite
        elif negation:
            direct, negation = direct._replace(determiner="no"), ""
        case = "dative" if frame == "dative" else "accusative"
        objects.append(phrase_in_german(direct, case))
    time = clause.time.german if clause.time and clause.front != "time" else ""
    place = (
        place_in_german(clause.place)
        if clause.place and clause.front != "place"
        else ""
    )
    before_time = pronouns + recipients
    if clause.place and clause.place.preposition.case == "accusative":
        # Where to: after the object ("trägt einen Stuhl in die Küche").
        return [*before_time, time, *definite, *indefinite, negation, place]
    return [*before_time, time, *definite, negation, place, *indefinite, *last]


def _verb_bracket(clause: Clause, order: str) -> tuple[str, str]:
    """The finite verb and what closes the clause: prefix, participle, infinitive."""
    person, verb, tense = person_of(clause.subject), clause.verb, clause.tense
    if verb is None:
        return _AUXILIARIES["ist"][person], clause.predicate.german
    if tense in _MODALS:
        return _MODALS[tense][person], verb.prefix + verb.german
    if tense in ("perfect", "past"):
        finite = _AUXILIARIES[verb.german_auxiliary][person]
        return finite, verb.german_participle
    finite = _present(verb, person)
    return (verb.prefix + finite, "") if order == "last" else (finite, verb.prefix)


def _present(verb: Verb, person: str) -> str:
    if person == "first":
        return verb.german_first
    return verb.german_third if person == "third" else verb.german
