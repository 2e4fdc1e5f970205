"""What `predict` was given: one input, or several of them."""

from collections.abc import Mapping
from typing import Any


def is_one(inputs: Any, rank: int | None) -> bool:
    """Whether `predict` was given one input, not a collection of them.

    Args:
        inputs: What it was given: an input, or a list of inputs.
        rank: How many axes an input has as an array, if it can be one: 1 for samples of
            a sound, 2 for points, 3 for an image; `None` if it is a string. Lists of
            numbers count as arrays, and what has neither axes nor items, such as a
            path, as an input. A dictionary is a row where inputs may be tables, with
            two axes, and else an input.

    >>> from seqkit.task.inputs import is_one
    >>> is_one([[0.0, 1.0], [2.0, 3.0]], rank=2), is_one(["a.csv", "b.csv"], rank=2)
    (True, False)
    >>> is_one("Hello.", rank=None), is_one([], rank=2)
    (True, False)
    """
    if rank is None:
        return isinstance(inputs, str)
    if isinstance(inputs, list | tuple) and not inputs:
        return False
    return _axes(inputs, rank) <= rank


def _axes(value: Any, whole: int) -> int:
    """The axes of a value, which are `whole` if it is neither array nor items."""
    if isinstance(value, Mapping):
        return 1 if whole == 2 else whole
    if isinstance(value, list | tuple):
        return 1 + _axes(value[0], whole) if value else whole
    if isinstance(value, float | int):
        return 0
    return getattr(value, "ndim", whole)
