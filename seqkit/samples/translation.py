"""English-German sentence pairs from a small grammar."""

import random

from seqkit.samples import english_german as grammar
from seqkit.samples.chance import is_one_in
from seqkit.samples.drawing import Drawing

Pair = tuple[str, str]

_MIN_WORDS, _MAX_WORDS = 3, 14
_NO_MARKS = str.maketrans("", "", ".,?")
_RESERVED_ONE_IN = 8
_DRAWING = Drawing(
    "translation", "sentences", "whose words all occur in the train split"
)


def splits(
    seed: int = 0, train: int = 8000, validation: int = 400, test: int = 400
) -> dict[str, list[Pair]]:
    """English-German pairs whose test split has what training never shows.

    Every English sentence has exactly one German translation, decided by the whole
    sentence: case and gender, verb-second and verb-final order, separable verbs,
    "nicht" and "kein". The other direction is as well defined: swap the pairs.
    Sentences have 3 to 14 words.

    Reserved for the test split are combinations of two words, about one in eight:

    - an adjective and its noun ("the black horse", "the horse is black"),
    - a verb and the noun that is its subject ("the dog is sleeping"),
    - a verb and the noun that is its object, in any case or after a preposition ("helps
      the dog"); not the recipient ("gives the dog a ball").

    Every sentence of "test" contains at least one. Each word form of "test", in either
    language, occurs in "train". See `seqkit.samples` for the arguments.

    Returns:
        "train", "validation" and "test" to lists of pairs `(english, german)`.

    Raises:
        DataError: `train` is too small to show every word form that a test split of
            this size needs.

    >>> from seqkit.samples import translation
    >>> data = translation.splits(train=1000, validation=10, test=10)
    >>> data["train"][0]
    ('The cats are playing.', 'Die Katzen spielen.')
    >>> data["test"][0]  # training shows clever girls, but no clever child
    ('The clever child is selling a white flower.',
     'Das kluge Kind verkauft eine weiße Blume.')
    """
    shown = grammar.Sampler(lambda combination: not is_reserved(combination))
    everything = grammar.Sampler()
    known: list[set[str]] = []

    def is_held_out(sentence: grammar.Sentence, pair: Pair) -> bool:
        return any(map(is_reserved, grammar.combinations(sentence))) and all(
            words >= _words(text) for words, text in zip(known, pair, strict=True)
        )

    seen: set[str] = set()
    result = {"train": _draw(shown, "train", train, seed, seen)}
    for language in (0, 1):
        known.append(_words(" ".join(pair[language] for pair in result["train"])))
    result["validation"] = _draw(shown, "validation", validation, seed, seen)
    result["test"] = _draw(everything, "test", test, seed, seen, is_held_out)
    return result


def is_reserved(combination: grammar.Combination) -> bool:
    """Whether a combination is reserved for the test split, with every seed."""
    return is_one_in(_RESERVED_ONE_IN, *combination)


def _draw(sampler, split, count, seed, seen, is_wanted=lambda sentence, pair: True):
    """Draws pairs that are not in `seen` yet, and adds them to it."""

    def draw(rng: random.Random) -> list[Pair]:
        sentence = sampler.sentence(rng)
        pair = grammar.to_english(sentence), grammar.to_german(sentence)
        numbers = [text.count(" ") + 1 for text in pair]
        has_length = _MIN_WORDS <= min(numbers) and max(numbers) <= _MAX_WORDS
        if pair[0] in seen or not has_length or not is_wanted(sentence, pair):
            return []
        seen.add(pair[0])
        return [pair]

    return _DRAWING.draw(split, count, seed, draw)


def _words(text: str) -> set[str]:
    """The word forms of a text."""
    return set(text.translate(_NO_MARKS).split())
