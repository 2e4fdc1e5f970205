"""Reviews from a small grammar, in which the order of the words decides."""

import functools
import random
from collections.abc import Callable

from seqkit.samples import reviews
from seqkit.samples.chance import is_one_in
from seqkit.samples.drawing import Drawing

Row = tuple[str, str]
Mirrored = list[reviews.Review]

_LABELS = {1: "positive", -1: "negative"}
_RESERVED_ONE_IN = 8
_DRAWING = Drawing(
    "sentiment", "reviews", "that are new and whose words all occur in 'train'"
)


def splits(
    seed: int = 0, train: int = 6000, validation: int = 500, test: int = 1000
) -> dict[str, list[Row]]:
    """Reviews with labels that no bag of words can tell apart.

    Every review comes with its mirror, which has the same words in another order and
    the other label: "Although the soup was bland, the cook was never rude." and
    "Although the cook was never rude, the soup was bland." So every set of words is as
    often positive as negative (except for a last review without its mirror if a size is
    odd). The rules are:

    - What denies a word ("not", "never", "hardly", "nobody", "no one", "few people",
      "far from", "anything but", "instead of", "I doubt that", "it is not true that")
      turns it into its opposite; two such denials cancel out. One elsewhere in the
      review changes nothing: "It was not our first visit, and the soup was tasty."
    - What "but", "still" or "nevertheless" introduces counts, what comes before does
      not; nor does a clause with "although", "even though" or "while".
    - What used to be or was expected does not count; nor does the lesser side of "more
      witty than dull".
    - Of "this" and another thing, "this" is reviewed: "My old lamp is safer than this
      one." is negative, as is "This lamp is not safer than my old one."

    Reserved for the test split are combinations of a word that praises or blames with
    what denies it ("hardly tasty") and with its construction ("tasty" after "instead
    of", "safer" said of lamps), about one in eight. Of two mirrored reviews of "test",
    at least one contains one. Each word of "test" is in "train". Reviews have about 14
    words. See `seqkit.samples` for the arguments.

    Returns:
        "train", "validation" and "test" to lists of `(text, label)`, the label
        "positive" or "negative".

    Raises:
        DataError: `train` is too small to show every word that a test split of this
            size needs, or there are not so many reviews.

    >>> from seqkit.samples import sentiment
    >>> for text, label in sentiment.splits(train=1000, test=10)["train"][2:6]:
    ...     print(label, "|", text)
    negative | No one recommended the dialogue and everyone disliked it.
    positive | Everyone recommended the dialogue and no one disliked it.
    positive | The story did not delight us. Nevertheless, I never disliked the
    dialogue of the first part.
    negative | I never disliked the dialogue of the first part. Nevertheless, the
    story did not delight us.
    """
    return {
        name: [(review.text, _LABELS[review.sign]) for review in drawn]
        for name, drawn in _draw_splits(seed, train, validation, test).items()
    }


def conditions(
    split: str = "test",
    seed: int = 0,
    train: int = 6000,
    validation: int = 500,
    test: int = 1000,
) -> dict[str, list[int]]:
    """What a classifier has to understand in each review of a split.

    | Condition | the reviews |
    |---|---|
    | "contrast" | of two statements, one of which counts |
    | "opposites" | that say what is not and what is: "not bland, it is tasty" |
    | "comparison" | that compare "this" with another one |
    | "crowd" | that say what everybody and nobody did |
    | "stray_denial" | with a denial of what is neither good nor bad |
    | "negation" | whose deciding word is denied |
    | "double_negation" | whose deciding word is denied twice |
    | "unseen_negation" | with a word and a denial of it never seen together |
    | "unseen_construction" | with a word never seen in this construction |

    Each review meets one of the first five, and may meet several of the others.

    Args:
        split: "train", "validation" or "test".
        seed, train, validation, test: As in `splits`.

    Returns:
        Numbers of rows, from 0, by condition.

    Raises:
        DataError: There is no such split.

    >>> from seqkit.samples import sentiment
    >>> rows = sentiment.splits(train=1000, test=50)["test"]
    >>> found = sentiment.conditions(train=1000, test=50)
    >>> rows[found["double_negation"][0]]
    ('While the bedroom was far from dirty, it is not true that the dinner was never
    bland. My parents came along.', 'negative')
    """

    def has_reserved(review: reviews.Review, kind: str) -> bool:
        return any(c[0] == kind and is_reserved(c) for c in review.combinations)

    tests: dict[str, Callable[[reviews.Review], bool]] = {
        name: lambda review, name=name: review.construction == name
        for name in ("contrast", "opposites", "comparison", "crowd", "stray_denial")
    }
    tests |= {
        "negation": lambda review: review.denials > 0,
        "double_negation": lambda review: review.denials == 2,
        "unseen_negation": lambda review: has_reserved(review, "denied"),
        "unseen_construction": lambda review: has_reserved(review, "in"),
    }
    drawn = _draw_splits(seed, train, validation, test)
    return _DRAWING.rows_where(drawn, split, tests)


@functools.cache
def is_reserved(combination: reviews.Combination) -> bool:
    """Whether a combination is reserved for the test split, with every seed."""
    return is_one_in(_RESERVED_ONE_IN, *combination)


def _draw_splits(seed, train, validation, test):
    seen: set[str] = set()

    def is_shown(mirrored: Mirrored) -> bool:
        return not any(is_reserved(c) for review in mirrored for c in review[-1])

    result = {
        "train": _draw("train", train, seed, seen, is_shown),
        "validation": _draw("validation", validation, seed, seen, is_shown),
    }
    known = {word for review in result["train"] for word in _words(review.text)}

    def is_held_out(mirrored: Mirrored) -> bool:
        return not is_shown(mirrored) and known.issuperset(_words(mirrored[0].text))

    result["test"] = _draw("test", test, seed, seen, is_held_out)
    return result


def _draw(split, count, seed, seen, is_wanted):
    """Draws mirrored reviews that are not in `seen` yet, and adds them to it."""

    def draw(rng: random.Random) -> Mirrored:
        mirrored = reviews.draw_mirrored(rng)
        texts = {review.text for review in mirrored}
        if not seen.isdisjoint(texts) or not is_wanted(mirrored):
            return []
        seen.update(texts)
        return mirrored

    return _DRAWING.draw(split, count, seed, draw)


def _words(text: str) -> list[str]:
    """The words of a text, without punctuation."""
    return text.lower().translate(_NO_MARKS).split()


_NO_MARKS = str.maketrans("", "", ".,")
