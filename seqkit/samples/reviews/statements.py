"""Statements that praise or blame an aspect, denied or not."""

from random import Random
from typing import NamedTuple

from seqkit.samples.chance import pick
from seqkit.samples.reviews.lexicon import DETAILS, WORDS, Aspect, Topic, Word

# "denied", how, a word; or "in", a construction, a word.
Combination = tuple[str, str, str]


class Scene(NamedTuple):
    """What the statements of a review have in common."""

    topic: Topic
    thing: str
    is_past: bool

    @property
    def verb(self) -> str:
        return "was" if self.is_past else "is"


class Statement(NamedTuple):
    """A clause without its full stop, which praises (`sign` 1) or blames (-1)."""

    text: str
    sign: int
    word: Word
    denials: tuple[str, ...] = ()

    @property
    def combinations(self) -> list[Combination]:
        return [("denied", denial, self.word.text) for denial in self.denials]


# What turns a clause into its opposite, and what leaves it unchanged.
_DENIED = {
    "doubt": "I doubt that",
    "do not think": "I do not think that",
    "not true": "it is not true that",
    "nobody could say": "nobody could say that",
}
_SAID = ("I think that", "I must say that", "everybody could see that")

_REPORTS = ("", "", "", "", "said", "denied", "denied")

# What denies a word within its clause; "" is nothing.
_DENIALS = ("", "", "", "not", "not", "never", "hardly")
# Adverbs before an adjective or a noun.
_DEGREES = {
    "": ("", "", "really", "truly", "quite"),
    "not": ("", "", "really", "quite", "at all"),
}
# "I did enjoy the soup."
_EMPHASES = {"": ("", "", "", "do")}


def draw_scene(rng: Random, topic: Topic) -> Scene:
    """Draws a thing and the tense."""
    return Scene(topic, pick(rng, topic.things), pick(rng, range(4)) < topic.pasts)


def draw_aspects(rng: Random, scene: Scene, count: int) -> list[Aspect]:
    """Draws different aspects, sometimes the thing itself."""
    whole = Aspect(scene.thing, "whole", "it")
    choices = [whole, *scene.topic.aspects]
    return [choices.pop(int(rng.random() * len(choices))) for _ in range(count)]


def draw_statement(rng: Random, scene: Scene, aspect: Aspect, sign: int) -> Statement:
    """Draws a statement of a sign."""
    kind = pick(rng, ("predicate", "predicate", "predicate", "moves me", "I do"))
    report = "" if kind == "I do" else pick(rng, _REPORTS)
    if report == "denied":
        choices = ("", "", "not", "never")
    elif kind == "predicate":
        choices = _DENIALS + ("far from", "anything but", "nobody", "no one")
    else:
        choices = _DENIALS
    denial = pick(rng, choices)
    degree = ""
    if report != "denied":
        degrees = _DEGREES if kind == "predicate" else _EMPHASES
        degree = pick(rng, degrees.get(denial, ("",)))
    denials = (denial,) if denial else ()
    prefix = ""
    if report == "denied":
        denials = (pick(rng, tuple(_DENIED)), *denials)
        prefix = _DENIED[denials[0]] + " "
    elif report == "said":
        prefix = pick(rng, _SAID) + " "
    word = draw_word(rng, kind, aspect, sign * (-1) ** len(denials))
    phrase = draw_phrase(rng, aspect)
    text = to_clause(kind, scene, phrase, word, denial, degree)
    return Statement(prefix + text, sign, word, denials)


def draw_word(rng: Random, kind: str, aspect: Aspect, sign: int) -> Word:
    """Draws a word of a sign that goes with an aspect."""
    return pick(rng, WORDS[aspect.kind if kind == "predicate" else kind][sign])


def draw_phrase(rng: Random, aspect: Aspect) -> str:
    """The aspect, sometimes with a detail: "the room under the roof"."""
    phrase = "the " + aspect.noun
    if aspect.kind in DETAILS and pick(rng, range(4)) == 0:
        phrase += " " + pick(rng, DETAILS[aspect.kind])
    return phrase


def to_clause(
    kind: str, scene: Scene, phrase: str, word: Word, denial: str, degree: str
) -> str:
    """Applies a word to an aspect, denied or not."""
    return " ".join(_CLAUSES[kind](scene, phrase, word, denial, degree).split())


def _predicate(scene, phrase, word, denial, degree) -> str:
    if denial in ("nobody", "no one"):
        return f"{denial} could call {phrase} {word.text}"
    return f"{phrase} {scene.verb} {denial} {degree} {word.text}"


def _moves_me(scene, phrase, word, denial, degree) -> str:
    if denial == "not" or degree == "do":
        auxiliary = "did" if scene.is_past else "does"
        return f"{phrase} {auxiliary} {denial} {word.text} us"
    return f"{phrase} {denial} {word.past if scene.is_past else word.present} us"


def _i_do(scene, phrase, word, denial, degree) -> str:
    if denial == "not" or degree == "do":
        return f"I {'did' if scene.is_past else 'do'} {denial} {word.text} {phrase}"
    return f"I {denial} {word.past if scene.is_past else word.present} {phrase}"


_CLAUSES = {"predicate": _predicate, "moves me": _moves_me, "I do": _i_do}
