"""Types that several kinds of data share."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

FilePath = str | os.PathLike[str]
Column = str | int
"""A column, by its name or its number."""

Sample = Callable[[], Mapping[str, Sequence[Any]]]
"""Returns the rows of an embedded sample, by split."""

Encode = Callable[[Sequence[str]], Sequence[Sequence[int]]]
"""Turns N texts into N sequences of token ids."""
