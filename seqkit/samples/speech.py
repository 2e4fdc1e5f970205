"""Number words, sung by a small synthesiser, with the words as text."""

import random

from seqkit.errors import DataError
from seqkit.samples.chance import is_one_in, pick
from seqkit.samples.voice import WORDS, sing

_RESERVED_ONE_IN = 6
_LONGEST = 4
_TRIES = 1000


def splits(
    seed: int = 0, train: int = 800, validation: int = 60, test: int = 120
) -> dict[str, list[dict]]:
    """Sung strings of number words whose test split has what training never shows.

    A string has one to four of the words zero to nine, each on a note of a scale; each
    string has a voice of its own. Reserved for the test split are pairs of words, about
    one in six: if that is "two nine", then nine never follows two in "train" and
    "validation". Each string of "test" has a reserved pair.

    Args:
        seed: Seed of everything that is random.
        train, validation, test: Rows of each split.

    Returns:
        "train", "validation" and "test" to lists of rows `{"audio": bytes of a WAV file
        of 8000 samples per second, "text": words}`.

    >>> from seqkit.samples import speech
    >>> data = speech.splits(train=2, validation=1, test=1)
    >>> [row["text"] for row in data["train"]], data["train"][0]["audio"][:4]
    (['seven', 'zero'], b'RIFF')
    """
    sizes = {"train": train, "validation": validation, "test": test}
    return {
        name: [_row(f"{seed} {name} {row}", name == "test") for row in range(count)]
        for name, count in sizes.items()
    }


def is_reserved(first: str, second: str) -> bool:
    """Whether this pair of words is kept for the test split."""
    return is_one_in(_RESERVED_ONE_IN, first, second)


def _row(seed: str, reserved: bool) -> dict:
    rng = random.Random(seed)
    names = sorted(WORDS)
    for _ in range(_TRIES):
        count = rng.randint(2 if reserved else 1, _LONGEST)
        words = [pick(rng, names) for _ in range(count)]
        if any(map(is_reserved, words, words[1:])) == reserved:
            return {"audio": sing(words, rng.getrandbits(32)), "text": " ".join(words)}
    raise DataError("words to sing", "none")
