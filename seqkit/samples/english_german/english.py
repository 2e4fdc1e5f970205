"""Expresses a meaning in English: do-support, progressive, word order."""

from seqkit.samples.english_german.meaning import (
    Clause,
    NounPhrase,
    Place,
    Pronoun,
    Relative,
    Sentence,
    person_of,
)

_BE = {"first": "am", "third": "is", "plural": "are"}
_MODALS = {
    "will": ("will", ""),
    "can": ("can", ""),
    "must": ("must", ""),
    "like": ("would", "like to "),
}


def to_english(sentence: Sentence) -> str:
    """The English of a sentence, with capital letter and final punctuation."""
    text = _clause(sentence.main, sentence.is_question)
    if sentence.subordinate:
        subordinate = f"{sentence.conjunction} {_clause(sentence.subordinate)}"
        if sentence.subordinate_first:
            text = f"{subordinate}, {text}"
        else:
            text = f"{text} {subordinate}"
    return text[0].upper() + text[1:] + ("?" if sentence.is_question else ".")


def _clause(clause: Clause, is_question: bool = False) -> str:
    front = end = middle = ""
    if clause.time:
        if clause.front == "time":
            front = clause.time.english
        elif "end" in clause.time.positions:
            end = clause.time.english
        else:
            middle = clause.time.english
    place = _place(clause.place) if clause.place else ""
    if clause.front == "place":
        front, place = place, ""
    elif clause.front in ("why", "where"):
        front = clause.front
    subject = _phrase(clause.subject, is_subject=True)
    if isinstance(clause.direct, Relative):
        front = _phrase(clause.direct)
    auxiliary, verb = _verb(clause, clause.negated or is_question)
    if clause.negated:
        auxiliary = "cannot" if auxiliary == "can" else f"{auxiliary} not"
    opening = [auxiliary, subject] if is_question else [subject, auxiliary]
    words = [front, *opening, middle, verb, *_objects(clause), place, end]
    text = " ".join(filter(None, words))
    if clause.trailing:
        text += f" {_clause(clause.trailing)}"
    return text


def _objects(clause: Clause) -> list[str]:
    """The objects and the particle of the verb: "up the child", but "him up"."""
    if clause.verb is None:
        return [clause.predicate.english]
    particle, direct = clause.verb.particle, clause.direct
    recipient = _phrase(clause.recipient) if clause.recipient else ""
    if direct is None or isinstance(direct, Relative):
        return [recipient, particle]
    if isinstance(direct, Pronoun):
        text = _phrase(direct)
        return [text, particle] if particle == "up" else [particle, text]
    if clause.negated and direct.determiner == "":
        direct = direct._replace(determiner="any")
    return [recipient, particle, _phrase(direct)]


def _verb(clause: Clause, needs_auxiliary: bool) -> tuple[str, str]:
    """The auxiliary, if there is one, and the rest of the verb."""
    person, verb, tense = person_of(clause.subject), clause.verb, clause.tense
    third = person == "third"
    if verb is None:
        return _BE[person], ""
    if tense in _MODALS:
        auxiliary, rest = _MODALS[tense]
        return auxiliary, rest + verb.english
    if tense == "perfect":
        return "has" if third else "have", verb.participle
    if tense == "past":
        return ("did", verb.english) if needs_auxiliary else ("", verb.past)
    if tense == "present" and verb.ing:
        return _BE[person], verb.ing
    base, form = verb.english, verb.third
    if tense == "want":
        base, form = f"want to {base}", f"wants to {base}"
    if needs_auxiliary:
        return "does" if third else "do", base
    return "", form if third else base


def _place(place: Place) -> str:
    return f"{place.preposition.english} {_phrase(place.phrase)}"


def _phrase(phrase: NounPhrase | Pronoun | Relative, is_subject: bool = False) -> str:
    if isinstance(phrase, Pronoun):
        return phrase.english if is_subject else phrase.english_object
    if isinstance(phrase, Relative):
        return "who" if "person" in phrase.noun.tags else "that"
    noun = phrase.noun.english_plural if phrase.is_plural else phrase.noun.english
    words = [phrase.adjective.english, noun] if phrase.adjective else [noun]
    determiner = phrase.determiner
    if determiner == "this" and phrase.is_plural:
        determiner = "these"
    elif determiner == "a" and words[0][0] in "aeiou":
        determiner = "an"
    text = " ".join([determiner, *words] if determiner else words)
    if phrase.relative:
        text += f" {_clause(phrase.relative)}"
    return text
