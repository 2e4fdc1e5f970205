"""Finds the places in a line at which a form depends on an earlier word."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from seqkit.samples.chance import pick
from seqkit.samples.stories.lexicon import FORMS, OTHER_NAME
from seqkit.samples.stories.text import to_text
from seqkit.samples.stories.words import Verb
from seqkit.samples.stories.writer import Token


class AgreementPair(NamedTuple):
    """A beginning with a right and a wrong continuation.

    Both continuations end with the same word or mark, unless the word is a pronoun that
    begins a clause.
    """

    prefix: str  # the line up to the word, with the space before it
    right: str
    wrong: str
    distance: int  # words between the word and the one that it agrees with
    attractors: int  # nouns in between that require another form
    kind: str  # of verbs what is in between, such as "object relative"; or "pronoun" …


def find_pairs(tokens: Sequence[Token], rng: Random) -> Iterator[AgreementPair]:
    """The agreement pairs of a line.

    The wrong form is the one that the nearest noun in between requires, or a random one
    if none does. Verbs before a possessive or a reflexive are left out: after a wrong
    form the next word would be wrong as well.
    """
    words = [token.word for token in tokens]
    for position, token in enumerate(tokens):
        forms = _forms(token)
        if forms is None or token.agrees_with is None:
            continue
        following = tokens[position + 1 : position + 2]
        if token.symbol == "pronoun":
            following = []  # a verb, whose form gives it away
        elif following[0].symbol in ("possessive", "reflexive"):
            continue
        between = tokens[token.agrees_with + 1 : position]
        asking = [
            forms[other.value.agreement]
            for other in between
            if other.symbol == "noun"
            and forms.get(other.value.agreement, token.word) != token.word
        ]
        others = sorted(set(forms.values()) - {token.word})
        wrong = asking[-1] if asking else pick(rng, others)
        prefix = to_text(words[:position]) + " "
        rest = [other.word for other in following]
        right, wrong = (
            to_text([*words[:position], word, *rest])[len(prefix) :]
            for word in (token.word, wrong)
        )
        yield AgreementPair(
            prefix,
            right,
            wrong,
            distance=sum(other.word.isalpha() for other in between),
            attractors=len(asking),
            kind=_kind(token.symbol, between),
        )


def _forms(token: Token) -> dict[str, str] | None:
    """The forms of a word by agreement; `None` if it has only one form."""
    if isinstance(token.value, Verb):
        return token.value.forms
    if token.symbol == "name" and token.agrees_with is not None:
        return {"": token.word, "other": OTHER_NAME[token.word]}
    return FORMS.get(token.symbol)


def _kind(symbol: str, between: Sequence[Token]) -> str:
    if symbol in ("pronoun", "possessive", "reflexive", "name"):
        return symbol
    if any(token.word == "and" for token in between):
        return "coordination"
    if len(between) <= 1:
        return "adjacent"
    phrases = {"who": "subject relative", "preposition": "prepositional phrase"}
    return phrases.get(between[0].symbol, "object relative")
