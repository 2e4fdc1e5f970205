"""Properties of a text, `[T]` of T tokens, that a unit may have learned to follow."""

from collections.abc import Iterable

import numpy as np

_LINE_ENDS = "</s>", "<eos>", "<0x0A>"  # of words and of bytes


def inside_quotes(tokens: Iterable[str]) -> np.ndarray:
    """1 if a quotation is open, including the opening quote; else 0.

    `"` opens and closes in turn, `“` opens and `”` closes, and so do `` and '' of the
    Penn Treebank.

    >>> from seqkit.inspect import inside_quotes
    >>> inside_quotes(list('a "b" c')).tolist()
    [0, 0, 1, 1, 0, 0, 0]
    """
    inside, values = False, []
    for token in tokens:
        for character in token.replace("``", "“").replace("''", "”"):
            if character in '"“”':
                inside = not inside if character == '"' else character == "“"
        values.append(int(inside))
    return np.array(values)


def line_position(tokens: Iterable[str]) -> np.ndarray:
    """Tokens since the last newline, which itself has 0.

    >>> from seqkit.inspect import line_position
    >>> line_position(list("ab\\ncd")).tolist()
    [1, 2, 0, 1, 2]
    """
    position, values = 0, []
    for token in tokens:
        position = 0 if "\n" in token or token in _LINE_ENDS else position + 1
        values.append(position)
    return np.array(values)


def nesting_depth(
    tokens: Iterable[str], opening: str = "([{", closing: str = ")]}"
) -> np.ndarray:
    """The number of open brackets.

    >>> from seqkit.inspect import nesting_depth
    >>> nesting_depth(list("f(a[0])")).tolist()
    [0, 1, 1, 2, 2, 1, 0]
    """
    depth, values = 0, []
    for token in tokens:
        for character in token:
            depth = max(depth + (character in opening) - (character in closing), 0)
        values.append(depth)
    return np.array(values)
