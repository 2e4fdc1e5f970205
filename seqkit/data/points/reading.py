"""Sets of points as files and users write them."""

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from seqkit.data.sources.lines import Record, Records, brief, text_lines
from seqkit.errors import DataError

OUTPUT = "output"
POINTS = "points: a list of at least one vector of finite numbers, all of one width"


def read_pointer_lines(
    path: Path, columns: Sequence[Any], encoding: str = "utf-8"
) -> Records:
    """Reads the text form of Vinyals et al. 2015: `x1 y1 x2 y2 … output i1 i2 …`.

    Points are in the plane, and indices count from 1; those of the record from 0.
    """
    for number, line in text_lines(path, encoding):
        if isinstance(line, DataError):
            yield line
            continue
        try:
            values = dict(zip(columns, parse_pointer_line(line), strict=True))
        except ValueError:
            expected = f"numbers x1 y1 x2 y2 …, {OUTPUT!r} and indices from 1"
            yield DataError(expected, brief(line), where=path, line=number)
        else:
            yield Record(str(path), number, None, values)


def parse_pointer_line(line: str, width: int = 2) -> tuple[list, list[int]]:
    """Points, and indices from 0, of a line; a ValueError for any other line.

    >>> from seqkit.data.points.reading import parse_pointer_line
    >>> parse_pointer_line("0 0 1 0 0 1 output 1 2 3 1")
    ([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [0, 1, 2, 0])
    """
    before, _, after = line.partition(OUTPUT)
    numbers = [float(word) for word in before.split()]
    if not numbers or len(numbers) % width:
        raise ValueError("no vectors")
    points = [numbers[i : i + width] for i in range(0, len(numbers), width)]
    return points, [int(word) - 1 for word in after.split()]


def as_points(
    given: Any, width: int | None = None, column: str = "points"
) -> np.ndarray:
    """A set of points as an array `[n, F]`, float64.

    Args:
        given: An array or a list of vectors, its JSON, or numbers separated by spaces,
            perhaps with `output` and what follows it, which is not read. A dictionary,
            or its JSON, is a row of a dataset.
        width: F, if it is known.
        column: Where the points of a row are.

    Raises:
        DataError: It is none, or has another width.

    >>> from seqkit.data.points.reading import as_points
    >>> as_points("0 0 0.5 1").tolist()
    [[0.0, 0.0], [0.5, 1.0]]
    """
    if isinstance(given, str):
        given = _of_text(given, width or 2)
    if isinstance(given, dict):
        given = given.get(column, given)
    try:
        points = np.array(given, np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(POINTS, brief(given)) from error
    if points.ndim != 2 or not points.size or not np.isfinite(points).all():
        raise DataError(POINTS, brief(given))
    if width is not None and points.shape[1] != width:
        raise DataError(f"vectors of {width} numbers", f"of {points.shape[1]}")
    return points


def _of_text(text: str, width: int) -> Any:
    try:
        if text.lstrip().startswith(("[", "{")):
            return json.loads(text)
        return parse_pointer_line(text, width)[0]
    except ValueError as error:
        raise DataError(POINTS, brief(text)) from error


def as_order(given: Any, size: int) -> list[int]:
    """Indices of some of `size` points, from a list or its text.

    >>> from seqkit.data.points.reading import as_order
    >>> as_order("[2, 0]", size=3)
    [2, 0]
    """
    found = given
    if isinstance(given, str):
        with contextlib.suppress(ValueError):
            text = given if "[" in given else f"[{','.join(given.split())}]"
            found = json.loads(text)
    if isinstance(found, np.ndarray):
        found = found.tolist()
    whole = isinstance(found, list | tuple) and all(
        isinstance(one, int) and not isinstance(one, bool) for one in found
    )
    if not whole or not found or not 0 <= min(found) <= max(found) < size:
        expected = f"an order: a list of at least one index from 0 to {size - 1}"
        raise DataError(expected, brief(given))
    return list(found)
