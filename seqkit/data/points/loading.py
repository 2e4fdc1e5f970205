"""Sets of points with orders of their indices, from any dataset."""

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import datasets

from seqkit.data.annotations import FilePath, Sample
from seqkit.data.points.canonical import canonical
from seqkit.data.points.reading import as_order, as_points, read_pointer_lines
from seqkit.data.sources.files import Layout
from seqkit.data.sources.lines import Record, as_target, brief
from seqkit.data.sources.loader import Loader
from seqkit.data.sources.missing_splits import MissingSplits
from seqkit.data.sources.readers import readers_for
from seqkit.data.sources.splits import Splits
from seqkit.errors import DataError

_FEATURES = {
    "points": datasets.Sequence(datasets.Sequence(datasets.Value("float64"))),
    "order": datasets.Sequence(datasets.Value("int32")),
}


def load_points(
    dataset: Any,
    *,
    points: str = "points",
    order: str = "order",
    problem: str = "order",
    repeats: bool = False,
    max_length: int | None = None,
    separator: str | None = None,
    encoding: str = "utf-8",
    name: str | None = None,
    sample: Sample | None = None,
    on_error: str = "raise",
    validation_fraction: float | None = None,
    test_fraction: float = 0.0,
    seed: int = 0,
    cache_dir: FilePath | None = None,
) -> Splits:
    """Loads sets of points with orders from any dataset that `seqkit.data` describes.

    A row has a list of vectors, all of one width, and a list of indices of them, from
    0. In tables (CSV, TSV) both are JSON, such as `"[[0, 0.5], [1, 0]]"` and
    `"[1, 0]"`. Files ending in `.txt` are read in the form of Vinyals et al.:
    `x1 y1 x2 y2 … output i1 i2 …`, with indices from 1. In lists, a row is a tuple
    (points, order) or a dictionary.

    Orders become `canonical` for the problem; a hull or a tour may have its first index
    again at its end, which is dropped.

    A row is bad if points or indices are none, an index is pointed at twice and that is
    not allowed, a tour leaves points out, corners of triangles are no multiple of
    three, or the order is too long.

    Args:
        dataset: See `seqkit.data`.
        points, order: Columns.
        problem: `"hull"`, `"tour"`, `"triangles"` or `"order"`, see `canonical`.
        repeats: Whether an index may come twice.
        max_length: The most indices of an order.
        separator, encoding, name, sample, on_error: See `seqkit.data`.
        validation_fraction, test_fraction, seed, cache_dir: See there.

    Returns:
        `Splits` with the columns "points" (lists of lists of numbers) and "order"
        (lists of integers).

    Raises:
        DataError: A bad row or argument.

    >>> from seqkit.data import load_points
    >>> rows = [([[0, 0], [1, 0], [0, 1]], [1, 2, 0, 1])]
    >>> load_points({"test": rows}, problem="hull")["test"]["order"][:]
    [[0, 1, 2]]
    """
    if points == order:
        raise DataError("two different columns", f"points and order {points!r}")
    loader = Loader(dataset, encoding, name, sample, on_error, cache_dir)
    missing = MissingSplits(validation_fraction, test_fraction, seed, cache_dir)
    readers = readers_for(loader.encoding, {"txt": read_pointer_lines}, separator)
    columns = points, order
    check = partial(
        _check, columns=columns, rules=(problem, repeats, max_length), width=[]
    )
    splits = loader.load(
        loader.find(Layout(columns, readers)),
        check,
        _FEATURES,
        key=["points", *columns, problem, repeats, max_length, separator],
    )
    _check_widths(splits)
    return missing.add_to(splits, "points", what="sets")


def _check(record: Record, _: Any, columns, rules, width) -> dict[str, Any]:
    for column in columns:
        if column not in record.values:
            fix = "Give points= and order= as the data names them"
            raise record.missing(column, fix)
    given, order = (record.values[column] for column in columns)
    problem = rules[0]
    with _placed(record):
        points = as_points(given, width[0] if width else None)
    width[:] = [points.shape[1]]
    with as_target(order), _placed(record):
        order = as_order(order, len(points))
        if problem in ("hull", "tour") and len(order) > 1 and order[0] == order[-1]:
            order = order[:-1]
        _check_order(order, len(points), *rules)
    order = canonical(problem, points, order)
    return {"points": points.tolist(), "order": order.tolist()}


@contextlib.contextmanager
def _placed(record: Record) -> Iterator[None]:
    """Context in which errors name the record."""
    try:
        yield
    except DataError as error:
        raise record.error(error.expected, error.found, error.fix) from error


def _check_order(order, size, problem, repeats, max_length) -> None:
    if not repeats and len(set(order)) < len(order):
        twice = next(one for one in order if order.count(one) > 1)
        raise DataError(
            "an order without an index that comes twice",
            f"{twice} twice: {brief(order)}",
            fix="With repeats=True an index may come again",
        )
    if problem == "tour" and len(set(order)) < size:
        raise DataError(f"a tour of all {size} points", f"one of {len(set(order))}")
    if problem == "triangles" and len(order) % 3:
        raise DataError("three corners of each triangle", f"{len(order)} indices")
    most = min(max_length or len(order), 6 * size)
    if len(order) > most:
        raise DataError(f"an order of at most {most} indices", f"{len(order)}")


def _check_widths(splits: Splits) -> None:
    """All splits have vectors of one width."""
    widths = {
        name: len(split[0]["points"][0]) for name, split in splits.items() if len(split)
    }
    if len(set(widths.values())) > 1:
        found = ", ".join(f"{width} in {name}" for name, width in widths.items())
        raise DataError("vectors of one width", found, where=splits.origin)
