"""Finds the places of a line where a form follows a word that stands far before it."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from seqkit.samples.chance import pick
from seqkit.samples.stories.lexicon import FORMS, OTHER_NAME
from seqkit.samples.stories.text import to_text
from seqkit.samples.stories.words import Verb
from seqkit.samples.stories.writer import Token


class AgreementPair(NamedTuple):
    """A beginning that can go on rightly or wrongly.

    Args:
        prefix: The line up to the word, with the space before it.
        right: The word in its right form and, unless it is a pronoun that begins a
            clause, the word or mark that follows it, the same in both.
        wrong: The same with a wrong form.
        distance: Words between the word and the one that its form follows.
        attractors: How many nouns in between ask for another form.
        kind: What stands in between: "adjacent" (nothing, or "who"), "prepositional
            phrase", "subject relative", "object relative", "coordination" for verbs;
            else "pronoun", "possessive", "reflexive" or "name".
    """

    prefix: str
    right: str
    wrong: str
    distance: int
    attractors: int
    kind: str


def find_pairs(tokens: Sequence[Token], rng: Random) -> Iterator[AgreementPair]:
    """The agreement pairs of a line.

    The wrong form is the one that the nearest noun in between asks for; chance
    chooses where no noun asks for another one. Left out are verbs that a possessive or
    a reflexive follows: after a wrong form the next word would be wrong as well.

    Args:
        tokens: A line.
        rng: The source of chance.
    """
    words = [token.word for token in tokens]
    for position, token in enumerate(tokens):
        forms = _forms(token)
        if forms is None or token.agrees_with is None:
            continue
        following = tokens[position + 1 : position + 2]
        if token.symbol == "pronoun":
            following = []  # a verb, which tells
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
    """The forms of a word by agreement; None of a word that has one form only."""
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
