"""What `predict` returns of n-best lists."""

from collections.abc import Callable, Sequence
from typing import Any

from seqkit.errors import SeqkitError


def n_best_texts(
    n_best: Sequence[Sequence[tuple[list[int], float]]],
    render: Callable[[list[int], list[list[int]]], Sequence[str]],
    *,
    num_return_sequences: int | None = None,
    return_scores: bool = False,
    what: str = "texts, row",
) -> list[Any]:
    """Turns lists of token ids and scores into what the caller of `predict` asked for.

    Args:
        n_best: For each input a list of pairs (token ids, score), best first.
        render: `render(rows, ids)` returns M strings for M lists of token ids and the
            number of the input that each belongs to, so that a string may depend on
            its input. It is called once.
        num_return_sequences: If given, each result is a list of that many.
        return_scores: Whether a result is a pair (string, score).
        what: What an error message calls an input, before its number.

    Raises:
        SeqkitError: An input has no result, as no score is finite.

    >>> from seqkit.inference import n_best_texts
    >>> names = ["Ann", "Bob"]
    >>> def render(rows, ids):
    ...     return [f"{names[row]}: {len(one)}" for row, one in zip(rows, ids)]
    >>> n_best_texts([[([7, 8], -0.5)], [([9], -1.5)]], render, return_scores=True)
    [('Ann: 2', -0.5), ('Bob: 1', -1.5)]
    """
    wanted = num_return_sequences or 1
    for number, row in enumerate(n_best):
        if not row:
            raise no_numbers(f"{what} {number}")
    found = [
        (number, ids, score)
        for number, row in enumerate(n_best)
        for ids, score in row[:wanted]
    ]
    strings = render([number for number, *_ in found], [ids for _, ids, _ in found])
    results: list[list[Any]] = [[] for _ in n_best]
    for (number, _, score), text in zip(found, strings, strict=True):
        results[number].append((text, score) if return_scores else text)
    return results if num_return_sequences else [row[0] for row in results]


def no_numbers(where: str) -> SeqkitError:
    """The error for an input whose scores are not finite."""
    return SeqkitError(
        f"{where}: expected a finite score, found none. The model returns no numbers: "
        "its training has diverged."
    )
