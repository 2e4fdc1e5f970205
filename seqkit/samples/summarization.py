"""Reports of small events, full of names that no other report has."""

import random

from seqkit.samples.chance import is_one_in, pick
from seqkit.samples.drawing import Drawing

Row = tuple[str, str]

_RESERVED_ONE_IN = 8
_DRAWING = Drawing("summarization", "reports", "that are new")

_ONSETS = "B D F G H J K L M N P R S T V W Z Br Dr Fl Gr Kl Pr St Tr".split()
_VOWELS = "a e i o u".split()
_MIDDLES = "bb d ff g l ld ll lm m mm n nd nn p r rb rd rm rn s st t v x z".split()
_ENDINGS = {
    "person": "ak el en eth ik im or us in ov is am".split(),
    "place": "burg ford ham holt mere stad ton ville wick wood".split(),
}

# How a report tells what happened, and what its summary says.
_EVENTS = (
    ("{p} has opened a {thing} in {t}.", "{p} opens {thing} in {t}"),
    ("{p} has sold the {thing} of {t}.", "{p} sells {thing} of {t}"),
    ("{p} has closed her {thing} in {t}.", "{p} closes {thing} in {t}"),
    ("A fire destroyed the {thing} of {p} in {t}.", "Fire in {t}: {thing} of {p}"),
    ("{t} has a new {office}: {p} was elected.", "{t} elects {p} as {office}"),
    ("The {office} of {t}, {p}, has resigned.", "{office} {p} leaves {t}"),
    ("{p} has won the {game} of {t}.", "{p} wins {game} in {t}"),
    ("{p} lost the {game}, which took place in {t}.", "{p} loses {game} in {t}"),
    ("Near {t}, a {find} was found by {p}.", "{p} finds {find} near {t}"),
    ("{p}, who lives in {t}, lost a {find}.", "{find} missing: {p} of {t}"),
)
_WORDS = {
    "thing": "bakery cinema library mill shop museum hotel school".split(),
    "office": "mayor judge teacher doctor captain".split(),
    "game": "race tournament regatta quiz marathon".split(),
    "find": "ring sword coin purse map dog".split(),
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "number": "two three four five six seven eight nine ten".split(),
    "job": "farmer singer baker nurse driver painter".split(),
}
_BEFORE = (
    "{r} reports from {u}.",
    "This is what {r} writes to us.",
    "On {day} it was quiet in {u}.",
    "The news reached {u} on {day}.",
    "In {u} nobody knew about it.",
)
_AFTER = (
    '"It took {number} weeks," said {w}, a {job}.',
    "{w} of {u} was there and saw it.",
    "About {number} people came, {w} among them.",
    "The {job} {w} has another opinion.",
    "{w} says that it was time.",
    "Next {day} there will be a party in {u}.",
)


def splits(
    seed: int = 0, train: int = 4000, validation: int = 200, test: int = 400
) -> dict[str, list[Row]]:
    """Reports with summaries that name a person and a place.

    Only copying can be right: names are made of syllables, hardly one occurs in two
    reports, and in each report are others of the same look that do not belong into the
    summary. Which do is said by the sentence that tells what happened.

    Reserved for the test split are one in eight of the names of people and of places;
    all in "test" are such. See `seqkit.samples` for the arguments.

    Returns:
        "train", "validation" and "test" to lists of pairs `(report, summary)`.

    >>> from seqkit.samples import summarization
    >>> report, summary = summarization.splits(train=9, validation=1, test=1)["test"][0]
    >>> print(report)
    In Murbmere nobody knew about it. Zodak has sold the cinema of Kinnville. ...
    >>> print(summary)
    Zodak sells cinema of Kinnville
    """
    seen: set[str] = set()
    sizes = {"train": train, "validation": validation, "test": test}
    return {
        name: _draw(name, count, seed, seen, reserved=name == "test")
        for name, count in sizes.items()
    }


def is_reserved(name: str) -> bool:
    """Whether a name is reserved for the test split, with every seed."""
    return is_one_in(_RESERVED_ONE_IN, name)


def names_in(summary: str) -> list[str]:
    """The names of a summary.

    >>> names_in("Fire in Bramholt: hotel of Dorruk")
    ['Bramholt', 'Dorruk']
    """
    words = [word.strip(".,:") for word in summary.split()]
    return [word for word in words if word[:1].isupper() and word not in _CAPITALS]


_CAPITALS = {"Fire", *(office.capitalize() for office in _WORDS["office"])}
_CAPITALS |= {find.capitalize() for find in _WORDS["find"]}


def _draw(split, count, seed, seen, reserved):
    def draw(rng: random.Random) -> list[Row]:
        report, summary = _report(rng, reserved)
        if report in seen:
            return []
        seen.add(report)
        return [(report, summary)]

    return _DRAWING.draw(split, count, seed, draw)


def _report(rng, reserved):
    values = {name: pick(rng, words) for name, words in _WORDS.items()}
    people, places = (_names(rng, kind, reserved) for kind in ("person", "place"))
    values |= zip("prwtu", [*people, *places], strict=True)
    event, summary = pick(rng, _EVENTS)
    before = [pick(rng, _BEFORE)] if rng.random() < 0.7 else []
    after = rng.sample(_AFTER, 1 if rng.random() < 0.5 else 2)
    report = " ".join([*before, event, *after]).format(**values)
    summary = summary.format(**values)
    return report, summary[0].upper() + summary[1:]


def _names(rng, kind, reserved):
    """Different names, three of people or two of places."""
    found: list[str] = []
    while len(found) < (3 if kind == "person" else 2):
        parts = _ONSETS, _VOWELS, _MIDDLES, _ENDINGS[kind]
        name = "".join(pick(rng, part) for part in parts)
        if is_reserved(name) == reserved and name not in found:
            found.append(name)
    return found
