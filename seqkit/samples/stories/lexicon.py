"""The words of the stories, as tables."""

from seqkit.samples.stories.words import Noun, Nouns, Qualifier, Verb
from seqkit.samples.tables import read_rows

# Kind, pronoun of the singular | singulars, with their plurals if not in "-s".
_NOUNS = """
person he  | man:men boy king brother
person she | woman:women girl queen sister
animal it  | dog cat bird horse duck hen
thing it   | book letter flower apple boat lamp
place it   | river garden house tree bridge hill tower
"""

# Names of a pair are exchanged to make a wrong ending.
NAME_PAIRS = {"he": ("Tom Ben", "Paul Max"), "she": ("Anna Emma", "Clara Lucy")}

# Plural, singular, what precedes the object | subjects | objects; none: the verb is
# intransitive. Both are kinds of nouns or lemmas. "self": the object may be the
# subject; "lasting": does not happen "every day"; "often": drawn more often than the
# few subjects would make it.
_VERBS = """
sing sings         | person bird                   |
dance dances       | person                        |
sleep sleeps       | person animal                 |
rest rests         | person animal                 |
play plays         | person animal                 |
run runs           | boy girl animal               |
bark barks         | dog                           | often
fly flies          | bird duck hen                 | often
shine shines       | thing                         |
fall falls         | book letter flower apple lamp |
feed feeds         | person                        | animal
love loves         | person                        | person animal thing place lasting
know knows         | person                        | person animal place lasting
fear fears         | animal                        | person animal lasting
belong belongs to  | animal thing                  | person lasting
see sees           | person animal                 | person animal thing place self
watch watches      | person animal                 | person animal thing
help helps         | person                        | person animal
follow follows     | person animal                 | person animal
paint paints       | person                        | person animal thing place self
find finds         | person animal                 | person animal thing
chase chases       | boy girl animal               | animal
please pleases     | thing                         | person
surprise surprises | thing                         | person
wait waits for     | person dog                    | person boat letter
look looks at      | person animal                 | person animal thing place self
talk talks to      | person                        | person animal self
sing sings to      | person bird                   | person animal self
dream dreams of    | person animal                 | person animal thing place
bark barks at      | dog                           | person animal often
wash washes        | person animal                 | self
hide hides         | person animal                 | self
"""

# Before a noun.
_ADJECTIVES = """
old    | person animal thing place
little | person animal thing place
young  | person animal
clever | person animal
big    | animal thing place
white  | animal flower house boat
black  | animal boat book
red    | flower apple boat lamp book house
quiet  | place
"""

# After "is" and "are": what passes, and what lasts.
_MOODS = """
happy tired hungry | person animal
"""
_QUALITIES = """
clever | person animal
old    | person animal thing
new    | thing
"""

_PREPOSITIONS = """
near   | place person animal
behind | place
in     | garden house tower boat
under  | tree bridge
on     | hill bridge
"""

# Before a noun | its possible agreements.
_DETERMINERS = """
this  | he she it
these | they
two   | they
"""

# What else agrees with a noun.
FORMS = {
    "pronoun": {"he": "he", "she": "she", "it": "it", "they": "they"},
    "possessive": {"he": "his", "she": "her", "it": "its", "they": "their"},
    "reflexive": {
        "he": "himself",
        "she": "herself",
        "it": "itself",
        "they": "themselves",
    },
    "is": {"he": "is", "she": "is", "it": "is", "they": "are"},
}


def _read_nouns() -> tuple[Noun, ...]:
    nouns = []
    for (kind, agreement), lemmas in read_rows(_NOUNS):
        for lemma in lemmas:
            singular, _, plural = lemma.partition(":")
            nouns.append(Noun(singular, singular, agreement, kind))
            nouns.append(Noun(plural or singular + "s", singular, "they", kind))
    return tuple(nouns)


NOUNS = _read_nouns()
NAMES = tuple(
    Noun(name, name, agreement, "name")
    for agreement, pairs in NAME_PAIRS.items()
    for name in " ".join(pairs).split()
)
OTHER_NAME = {
    name: other
    for pairs in NAME_PAIRS.values()
    for pair in map(str.split, pairs)
    for name, other in (pair, pair[::-1])
}


def nouns_of(words: list[str]) -> tuple[Noun, ...]:
    """The nouns of these kinds, or of these lemmas; no names."""
    return tuple(n for n in NOUNS if n.kind in words or n.lemma in words)


def _names(words: list[str]) -> tuple[Noun, ...]:
    """The names, if a column lists persons."""
    return NAMES if "person" in words else ()


def _read_verbs() -> tuple[Verb, ...]:
    verbs = []
    for (base, third, *particle), subjects, objects in read_rows(_VERBS):
        verb = Verb(
            base,
            third,
            "".join(particle),
            subjects=Nouns(nouns_of(subjects), _names(subjects)),
            objects=Nouns(nouns_of(objects), _names(objects)),
            is_reflexive="self" in objects,
            is_lasting="lasting" in objects,
        )
        verbs += [verb] * (3 if "often" in objects else 1)
    return tuple(verbs)


VERBS = _read_verbs()
ADJECTIVES = tuple(
    Qualifier(word, nouns_of(nouns)) for [word], nouns in read_rows(_ADJECTIVES)
)
MOODS, QUALITIES = (
    tuple(
        Qualifier(word, nouns_of(nouns), _names(nouns))
        for words, nouns in read_rows(table)
        for word in words
    )
    for table in (_MOODS, _QUALITIES)
)
PREPOSITIONS = tuple(
    Qualifier(word, nouns_of(nouns)) for [word], nouns in read_rows(_PREPOSITIONS)
)
DETERMINERS = tuple(
    Qualifier(word, (noun for noun in NOUNS if noun.agreement in agreements))
    for [word], agreements in read_rows(_DETERMINERS)
)
# The classes of nouns that rules name in capitals.
POOLS = {
    "ANYTHING": Nouns(nouns_of(["person", "animal", "thing"])),
    "LIVING": Nouns(nouns_of(["person", "animal"])),
    "THING": Nouns(nouns_of(["thing"])),
    "PLACE": Nouns(nouns_of(["place"])),
    "ONE": Nouns(noun for noun in NOUNS if noun.agreement != "they"),
    # What somebody has.
    "OWN": Nouns(nouns_of(["animal", "thing", "brother", "sister", "house", "garden"])),
}
