"""The words of the reviews, as tables."""

from typing import NamedTuple

# Kind of aspect | praise | blame.
_WORDS = """
story  | gripping moving witty clever original | tedious silly clumsy confusing dull
food   | tasty fresh delicious generous lovely | bland greasy soggy stale awful
person | friendly kind helpful patient polite | rude careless grumpy impatient lazy
room   | cosy spotless quiet spacious lovely | dirty shabby noisy cramped awful
part   | sturdy reliable handy precise solid | flimsy faulty useless wobbly fragile
any    | good wonderful excellent impressive | bad terrible dreadful disappointing
whole  | a/success a/delight a/pleasure | a/failure a/disappointment a/nuisance
"""

# Base, third person and past.
_MOVES_ME = """
delight/delights/delighted please/pleases/pleased impress/impresses/impressed
| annoy/annoys/annoyed irritate/irritates/irritated bother/bothers/bothered
"""
_I_DO = """
love/love/loved enjoy/enjoy/enjoyed admire/admire/admired
| hate/hate/hated dislike/dislike/disliked detest/detest/detested
"""
_THEY_DID = "praised admired recommended | criticised disliked avoided"

_ASPECTS = {
    "story": "plot story script ending dialogue",
    "food": "soup breakfast dinner bread cake",
    "person": "waiter landlady cook barman",
    "room": "room bathroom lounge bedroom",
    "part": "handle switch plug case stand",
}
_PRONOUNS = {"waiter": "he", "barman": "he", "cook": "she", "landlady": "she"}

OBJECTS = {"it": "it", "he": "him", "she": "her"}

# What may follow the noun, to separate its adjective from it.
DETAILS = {
    "story": ("of the first part", "of the second half", "that my brother chose"),
    "food": ("that we ordered twice", "on the first evening", "from the menu"),
    "person": ("at the door", "who served us", "on the second day"),
    "room": ("under the roof", "next to the stairs", "that we booked"),
    "part": ("on the left side", "that I use most", "in the picture"),
}

# Topic | things | their aspects | what a thing is compared with. Below: comparatives;
# neutral remarks; facts that are neutral whether denied or not, with the words that
# deny them in place of the star.
_TOPICS = """
film | film play show | story | the first
livelier funnier wiser sharper better | clumsier slower sillier duller worse
we watched it on Friday | my sister took me along | there were many people
I had * read the book | not never
I have * seen the other parts | not never
I * knew the director | hardly never
it was * my first evening out that week | not hardly
we were * early | not hardly never

inn | inn hotel tavern | food person room | the last
warmer cleaner nicer calmer better | dirtier noisier darker ruder worse
we stayed for two nights | we went there in May | my parents came along
it was * our first visit | not hardly
we had * been there before | not never hardly
I * knew the town | hardly never
we were * in a hurry | not never hardly

tool | kettle lamp radio drill | part | my old
sturdier safer neater handier better | flimsier weaker uglier clumsier worse
I bought it in May | it was a present | I use it every day
it is * my first THING | not hardly
I had * owned one before | not never hardly
I have * read the manual | not never hardly
I * needed one | hardly never
"""


class Word(NamedTuple):
    """A word that praises (`sign` 1) or blames (-1): after "is", or a verb's base."""

    text: str
    sign: int
    present: str = ""
    past: str = ""

    @property
    def is_noun(self) -> bool:
        return self.text.startswith("a ")


class Aspect(NamedTuple):
    """An aspect of a thing: a noun, its kind and its pronoun."""

    noun: str
    kind: str
    pronoun: str


class Topic(NamedTuple):
    """The subject of a review."""

    things: tuple[str, ...]
    aspects: tuple[Aspect, ...]  # reviewed besides the thing itself
    other: str  # what a thing is compared with: "my old"
    comparatives: tuple[Word, ...]
    remarks: tuple[str, ...]  # neutral clauses
    facts: tuple[tuple[str, tuple[str, ...]], ...]  # with a star for words that deny
    pasts: int  # reviews in the past tense, out of four


def _read_words(text: str) -> tuple[Word, ...]:
    words = []
    for sign, part in zip((1, -1), text.split("|"), strict=True):
        for forms in part.split():
            base, *others = forms.split("/")
            if base == "a":  # a noun
                base, others = forms.replace("/", " "), ()
            words.append(Word(base, sign, *others))
    return tuple(words)


def _read_topic(block: str) -> Topic:
    head, comparatives, remarks, *facts = block.splitlines()
    name, things, kinds, other = (part.strip() for part in head.split("|"))
    return Topic(
        tuple(things.split()),
        tuple(
            Aspect(noun, kind, _PRONOUNS.get(noun, "it"))
            for kind in kinds.split()
            for noun in _ASPECTS[kind].split()
        ),
        other,
        _read_words(comparatives),
        tuple(remark.strip() for remark in remarks.split("|")),
        tuple(
            (fact.strip(), tuple(denials.split()))
            for fact, denials in (line.split("|") for line in facts)
        ),
        {"film": 2, "inn": 3, "tool": 1}[name],
    )


_LINES = [line.partition("|") for line in _WORDS.strip().splitlines()]
# By the kind of aspect or of clause, then by sign.
WORDS = {kind.strip(): _read_words(words) for kind, _, words in _LINES}
_ANY = WORDS.pop("any")
WORDS = {kind: words + _ANY for kind, words in WORDS.items()} | {
    "moves me": _read_words(_MOVES_ME),
    "I do": _read_words(_I_DO),
    "they did": _read_words(_THEY_DID),
}
WORDS = {
    kind: {sign: [word for word in words if word.sign == sign] for sign in (1, -1)}
    for kind, words in WORDS.items()
}
TOPICS = tuple(map(_read_topic, _TOPICS.strip().split("\n\n")))
