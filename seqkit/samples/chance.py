"""Random choices, and the fixed choice of what is kept for the test split."""

import zlib
from collections.abc import Sequence
from random import Random
from typing import Any


def pick(rng: Random, options: Sequence[Any]) -> Any:
    """`rng.choice`, several times as fast."""
    return options[int(rng.random() * len(options))]


def is_one_in(number: int, *words: str) -> bool:
    """Whether some words are among the one in `number` that their hash selects."""
    return zlib.crc32(" ".join(words).encode()) % number == 0
