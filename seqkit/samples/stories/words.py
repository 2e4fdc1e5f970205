"""What is known about a word. Words are compared by identity: each exists once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# Of a verb or pronoun: one man, one woman, one animal or thing, several.
AGREEMENTS = ("he", "she", "it", "they")

Value = Any
"""What a variable may stand for: a `Noun`, some `Nouns`, or `None` if unknown."""


@dataclass(frozen=True, eq=False)
class Noun:
    """One form of a noun ("dog" and "dogs" are two), or a name."""

    word: str
    lemma: str
    agreement: str  # one of AGREEMENTS
    kind: str  # "person", "animal", "thing", "place" or "name"


class Nouns:
    """A set of nouns: `choices` to draw from, and `members`, with names too."""

    def __init__(self, choices: Iterable[Noun], names: Iterable[Noun] = ()):
        self.choices = tuple(choices)
        self.members = frozenset(self.choices).union(names)


class Qualifier(Nouns):
    """An adjective, a determiner or a preposition, and the nouns that may follow it."""

    def __init__(self, word: str, choices: Iterable[Noun], names: Iterable[Noun] = ()):
        super().__init__(choices, names)
        self.word = word


class Verb(Nouns):
    """A verb, and the nouns that may be its object; none if it is intransitive.

    A particle precedes the object ("wait for"); a reflexive verb has its subject as
    object ("washes himself"); a lasting one does not go with "every day" ("knows").
    """

    def __init__(
        self,
        plural: str,
        singular: str,
        particle: str,
        subjects: Nouns,
        objects: Nouns,
        is_reflexive: bool,
        is_lasting: bool,
    ):
        super().__init__(objects.choices, objects.members)
        self.lemma, self.particle, self.subjects = plural, particle, subjects
        self.is_reflexive, self.is_lasting = is_reflexive, is_lasting
        self.forms = dict.fromkeys(AGREEMENTS, singular) | {"they": plural}

    @property
    def is_intransitive(self) -> bool:
        return not (self.choices or self.is_reflexive)
