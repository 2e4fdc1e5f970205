"""Constructions in which the order of the words decides.

Each returns a review and its mirror: the same words in another order, and the opposite
opinion. `seqkit.samples.sentiment.splits` explains which of them counts.
"""

from random import Random
from typing import NamedTuple

from seqkit.samples.chance import pick
from seqkit.samples.reviews.lexicon import OBJECTS, TOPICS
from seqkit.samples.reviews.statements import (
    Combination,
    Scene,
    draw_aspects,
    draw_phrase,
    draw_scene,
    draw_statement,
    draw_word,
    to_clause,
)


class Review(NamedTuple):
    """A review."""

    text: str
    sign: int
    construction: str
    denials: int
    combinations: tuple[Combination, ...]


# What is overruled | what counts.
_CONTRASTS = {
    "but": "{lost}, but {won}",
    "true but": "it is true that {lost}, but {won}",
    "although": "although {lost}, {won}",
    "last although": "{won}, although {lost}",
    "even though": "even though {lost}, {won}",
    "last even though": "{won}, even though {lost}",
    "while": "while {lost}, {won}",
    "still": "{lost}. Still, {won}",
    "nevertheless": "{lost}. Nevertheless, {won}",
}
# Two words of opposite signs for one aspect.
_OPPOSITES = {
    "not first": "{phrase} {verb} not {lost}, {he} {verb} {won}",
    "not last": "{phrase} {verb} {won}, not {lost}",
    "never first": "{phrase} {verb} never {lost} and always {won}",
    "never last": "{phrase} {verb} always {won} and never {lost}",
    "far from": "far from {lost}, {phrase} {verb} {won}",
    "anything but": "{phrase} {verb} anything but {lost}, {he} {verb} {won}",
    "more": "{phrase} {verb} more {won} than {lost}",
    "less": "{phrase} {verb} less {lost} than {won}",
    "instead of": "{phrase} {verb} {won} instead of {lost}",
    "nobody": "nobody could call {phrase} {lost}, everybody could call {him} {won}",
    "expected": "I expected {phrase} to be {lost}, and {he} {verb} {won}",
    "used to be": "{phrase} used to be {lost}, now {he} is {won}",
}
_CONTRAST_NAMES, _OPPOSITE_NAMES = tuple(_CONTRASTS), tuple(_OPPOSITES)
_CROWDS = (
    ("everybody", "nobody"),
    ("everyone", "no one"),
    ("most people", "few people"),
)


def draw_mirrored(rng: Random) -> list[Review]:
    """Draws a review and its mirror, sometimes with a remark before or after them."""
    scene = draw_scene(rng, pick(rng, TOPICS))
    reviews = pick(rng, _DRAW)(rng, scene)
    template = pick(rng, ("{0}.", "{0}.", "{0}.", "{0}. {1}.", "{1}. {0}."))
    remark = pick(rng, scene.topic.remarks)
    mirrored = [
        review._replace(text=_capitalise(template.format(review.text, remark)))
        for review in reviews
    ]
    return mirrored if pick(rng, range(2)) else mirrored[::-1]


def _contrast(rng: Random, scene: Scene) -> list[Review]:
    # "Although the plot is dull, the ending is never silly."
    name = pick(rng, _CONTRAST_NAMES)
    statements = [
        draw_statement(rng, scene, aspect, sign)
        for aspect, sign in zip(draw_aspects(rng, scene, 2), (1, -1), strict=True)
    ]
    if name == "true but" and any(s.text.startswith("it is") for s in statements):
        name = "but"  # not "it is true that it is not true that"
    combinations = [c for statement in statements for c in statement.combinations]
    combinations += [("in", name, statement.word.text) for statement in statements]
    return [
        Review(
            _CONTRASTS[name].format(won=won.text, lost=lost.text),
            won.sign,
            "contrast",
            len(won.denials),
            tuple(combinations),
        )
        for won, lost in (statements, statements[::-1])
    ]


def _opposites(rng: Random, scene: Scene) -> list[Review]:
    # "The soup is not bland, it is tasty."
    name = pick(rng, _OPPOSITE_NAMES)
    (aspect,) = draw_aspects(rng, scene, 1)
    parts = {
        "phrase": draw_phrase(rng, aspect),
        "verb": scene.verb,
        "he": aspect.pronoun,
        "him": OBJECTS[aspect.pronoun],
    }
    words = [draw_word(rng, "predicate", aspect, sign) for sign in (1, -1)]
    while words[0].is_noun != words[1].is_noun:  # not "more dull than a success"
        words[1] = draw_word(rng, "predicate", aspect, -1)
    combinations = tuple(("in", name, word.text) for word in words)
    return [
        Review(
            _OPPOSITES[name].format(won=won.text, lost=lost.text, **parts),
            won.sign,
            "opposites",
            0,
            combinations,
        )
        for won, lost in (words, words[::-1])
    ]


def _stray_denial(rng: Random, scene: Scene) -> list[Review]:
    # "It was not our first visit, and the soup was tasty."
    fact, denials = pick(rng, scene.topic.facts)
    fact = fact.replace("THING", scene.thing)
    denial = pick(rng, denials)
    kinds = ("predicate",) if denial == "not" else ("predicate", "moves me", "I do")
    kind = pick(rng, kinds)
    (aspect,) = draw_aspects(rng, scene, 1)
    phrase = draw_phrase(rng, aspect)
    word = draw_word(rng, kind, aspect, pick(rng, (1, -1)))
    degree = pick(rng, ("", "", "really")) if denial == "not" else ""
    template = pick(rng, ("{0}, and {1}", "{1}, and {0}"))
    reviews = []
    for of_fact, of_clause in ((denial, ""), ("", denial)):
        clause = to_clause(kind, scene, phrase, word, of_clause, degree)
        combinations = [("in", "stray " + denial, word.text)]
        if of_clause:
            combinations.append(("denied", denial, word.text))
        remark = fact.replace("*", of_fact).replace("  ", " ")
        reviews.append(
            Review(
                template.format(remark, clause),
                -word.sign if of_clause else word.sign,
                "stray_denial",
                bool(of_clause),
                tuple(combinations),
            )
        )
    return reviews


def _comparison(rng: Random, scene: Scene) -> list[Review]:
    # "My old kettle is not safer than this one."
    thing, other = scene.thing, scene.topic.other
    word = pick(rng, scene.topic.comparatives)
    denial = pick(rng, ("", "", "not", "hardly"))
    degree = "" if denial else pick(rng, ("", "", "much ", "far "))
    combinations = [("in", f"comparison of {thing}", word.text)]
    if denial:
        combinations.append(("denied", denial, word.text))
    reviews = []
    for one, another, sign in (("this", other, word.sign), (other, "this", -word.sign)):
        text = f"{one} {thing} is {denial} {degree}{word.text} than {another} one"
        reviews.append(
            Review(
                text.replace("  ", " "),
                -sign if denial else sign,
                "comparison",
                bool(denial),
                tuple(combinations),
            )
        )
    return reviews


def _crowd(rng: Random, scene: Scene) -> list[Review]:
    # "Everybody praised the soup and nobody criticised it."
    (aspect,) = draw_aspects(rng, scene, 1)
    phrase, him = draw_phrase(rng, aspect), OBJECTS[aspect.pronoun]
    words = [draw_word(rng, "they did", aspect, sign) for sign in (1, -1)]
    if pick(rng, range(2)):
        words.reverse()
    first, second = words
    all_, none = pick(rng, _CROWDS)
    combinations = tuple(("in", none, word.text) for word in words)
    return [
        Review(
            f"{who} {first.text} {phrase} and {others} {second.text} {him}",
            first.sign if who == all_ else second.sign,
            "crowd",
            0,
            combinations,
        )
        for who, others in ((all_, none), (none, all_))
    ]


_DRAW = (
    (_contrast,) * 12
    + (_opposites,) * 4
    + (_stray_denial,) * 5
    + (_comparison,) * 3
    + (_crowd,) * 2
)


def _capitalise(text: str) -> str:
    """Capitals at the beginning of sentences."""
    return ". ".join(part[0].upper() + part[1:] for part in text.split(". "))
