"""Tags that break their scheme."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow
import pyarrow.compute as pc

from seqkit.checks.examples import Examples, percent
from seqkit.checks.findings import Finding
from seqkit.data.sources.lines import listed
from seqkit.data.tags.schemes import (
    SCHEMES,
    StrayTag,
    detect_scheme,
    may_follow,
    split_tag,
)


def tag_sequences(examples: Examples) -> Iterator[Finding]:
    """Tags of no scheme, and tags that cannot stand after the one before."""
    for column in examples.columns("tags"):
        scheme = _scheme(examples, column)
        if isinstance(scheme, Finding):
            yield scheme
            continue
        if scheme is None:
            yield Finding(f"{column}: no scheme of spans, so any may follow any")
            continue
        for split in examples.splits:
            yield from _of_split(examples, split, column, scheme)


def _scheme(examples: Examples, column: str) -> Any:
    """The scheme of train, `None` without one, or a finding that it is broken."""
    given = examples.options.get("scheme") or "auto"
    if given != "auto":
        return None if given == "none" else given
    split = "train" if "train" in examples.splits else next(iter(examples.splits))
    try:
        return detect_scheme(examples.splits.column(split, column))
    except StrayTag as error:
        place = _places(
            examples, split, column, lambda tags, tag=error.tag: tag in tags
        )
        text = f"{split}, {column}: expected {error.expected}, found {error.tag!r}"
        return Finding(text, "fail", 1, place)


def _of_split(examples: Examples, split: str, column: str, scheme: str):
    strays: Counter[str] = Counter()
    broken, total = 0, 0
    wrong_rows: list[int] = []
    allowed: dict[tuple[str, str], bool] = {}
    for first, (array,) in examples.batches(split, column):
        tags, breaks = _with_ends(array)
        names = pc.dictionary_encode(tags)  # type: ignore
        known = names.dictionary.to_pylist()
        codes = names.indices.to_numpy()
        total += len(array.flatten())
        counts = np.bincount(codes, minlength=len(known))
        strays.update(
            {
                name: int(count)
                for name, count in zip(known, counts, strict=True)
                if split_tag(name)[0] not in ("O", *SCHEMES[scheme])
            }
        )
        pairs, where = np.unique(
            codes[:-1].astype(np.int64) * len(known) + codes[1:], return_inverse=True
        )
        bad = np.zeros(len(pairs), bool)
        for number, pair in enumerate(pairs.tolist()):
            two = known[pair // len(known)], known[pair % len(known)]
            if not strays.keys() & set(two):
                if two not in allowed:
                    allowed[two] = may_follow(*two, scheme)
                bad[number] = not allowed[two]
        found = np.flatnonzero(bad[where])
        broken += len(found)
        if len(wrong_rows) < 10:
            rows = np.searchsorted(breaks, found, side="right") - 1
            wrong_rows += dict.fromkeys((first + rows).tolist())
    if strays:
        tag, count = strays.most_common(1)[0][0], strays.total()
        yield Finding(
            f"{split}, {column}: {count:,} are not of the scheme {scheme}: "
            f"{listed(strays)}",
            "fail",
            count,
            _places(examples, split, column, lambda tags: tag in tags),
        )
    yield Finding(
        f"{split}, {column}: {broken:,} of {total:,} ({percent(broken, total)}) break "
        f"the scheme {scheme}",
        "fail" if 20 * broken > total else "warn" if broken else "pass",
        broken,
        examples.places(split, wrong_rows, column),
    )


def _with_ends(array: Any) -> tuple[Any, np.ndarray]:
    """All tags with an `O` before each sentence and after the last; their places."""
    sizes = pc.list_value_length(array).to_numpy()  # type: ignore
    breaks = np.concatenate([[0], np.cumsum(sizes + 1)])
    tags = array.flatten()
    index = np.zeros(breaks[-1] + 1, np.int64)
    inner = np.ones(len(index), bool)
    inner[breaks] = False
    index[inner] = np.arange(1, len(tags) + 1)
    whole = pyarrow.concat_arrays([pyarrow.array(["O"], tags.type), tags])
    return whole.take(pyarrow.array(index)), breaks


def _places(examples: Examples, split: str, column: str, is_it: Any):
    values = enumerate(examples.splits.column(split, column))
    row = next((row for row, tags in values if is_it(tags)), None)
    return () if row is None else examples.places(split, [row], column)
