"""The words for a symbol without rules, given what is known so far."""

from collections.abc import Callable, Sequence
from typing import Any

from seqkit.samples.stories.lexicon import (
    ADJECTIVES,
    DETERMINERS,
    FORMS,
    MOODS,
    NAMES,
    NOUNS,
    POOLS,
    PREPOSITIONS,
    QUALITIES,
    VERBS,
)
from seqkit.samples.stories.words import Noun, Nouns, Value

Combination = tuple[str, str]
# A word, and the value that it gives to the rule's first unknown variable.
Choice = tuple[str, Value]

_BEFORE_NOUNS = {
    "adjective": ADJECTIVES,
    "determiner": DETERMINERS,
    "preposition": PREPOSITIONS,
    "inside": [p for p in PREPOSITIONS if p.word in ("in", "on", "under")],
    "outside": [p for p in PREPOSITIONS if p.word in ("near", "behind")],
}
_AFTER_NOUNS = {"mood": MOODS, "quality": QUALITIES}
_VERBS = {
    "intransitive": [verb for verb in VERBS if verb.is_intransitive],
    "transitive": [verb for verb in VERBS if verb.choices],
    "doing": [verb for verb in VERBS if verb.choices and not verb.is_lasting],
    "lasting": [verb for verb in VERBS if verb.choices and verb.is_lasting],
    "reflexive_verb": [verb for verb in VERBS if verb.is_reflexive],
}


class Choices:
    """The possible words for a symbol."""

    def __init__(self, is_allowed: Callable[[Combination], bool] = lambda _: True):
        self._is_allowed = is_allowed
        self._companions: dict[Noun, Nouns] = {}
        self._known: dict[tuple, list[Choice]] = {}

    def of(self, symbol: str, values: Sequence[Value]) -> list[Choice]:
        """The choices for a symbol without rules; unknown values are `None`."""
        if symbol == "noun":
            return self._nouns(values[1:])
        key = (symbol, values[0])
        choices = self._known.get(key)
        if choices is None:
            choices = self._known[key] = self._look_up(*key)
        if len(values) == 3 and values[2]:  # the object came before its verb
            choices = [choice for choice in choices if values[2] in choice[1].members]
        return choices

    def _nouns(self, conditions: Sequence[Value]) -> list[Choice]:
        """The nouns that are in all of some classes and go with some subjects."""
        nouns: Any = None
        for condition in conditions:
            if condition is None:
                continue
            if isinstance(condition, Noun):
                condition = self._nouns_with(condition)
            if nouns is None:
                nouns = condition.choices
            else:
                members = condition.members
                nouns = [noun for noun in nouns if noun in members]
        return [(noun.word, noun) for noun in nouns]

    def _nouns_with(self, subject: Noun) -> Nouns:
        """The other nouns that may occur in a subject's clause."""
        if subject not in self._companions:
            self._companions[subject] = Nouns(
                noun
                for noun in NOUNS
                if noun.lemma != subject.lemma
                and self._is_allowed((subject.lemma, noun.lemma))
            )
        return self._companions[subject]

    def _look_up(self, symbol: str, value: Value) -> list[Choice]:
        if symbol in _BEFORE_NOUNS:
            return [(qualifier.word, qualifier) for qualifier in _BEFORE_NOUNS[symbol]]
        if symbol in _VERBS:
            return [
                (verb.forms[value.agreement], verb)
                for verb in _VERBS[symbol]
                if value in verb.subjects.members
                and self._is_allowed((value.lemma, verb.lemma))
            ]
        if symbol == "name":
            return [(name.word, name) for name in ([value] if value else NAMES)]
        if symbol == "particle":
            return [(value.particle, None)]
        if symbol == "who":
            is_person = value.kind in ("person", "name")
            return [("who" if is_person else "that", None)]
        if symbol in _AFTER_NOUNS:
            states = _AFTER_NOUNS[symbol]
            return [(state.word, None) for state in states if value in state.members]
        if symbol == "possessive" and value.kind == "thing":
            return []
        # A pronoun that begins a sentence without context may refer to anybody.
        nouns = [value] if value else POOLS["ANYTHING"].choices + NAMES
        return [(FORMS[symbol][noun.agreement], noun) for noun in nouns]
