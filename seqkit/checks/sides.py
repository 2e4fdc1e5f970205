"""Pairs whose two sides can hardly belong together."""

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from seqkit.checks.examples import Examples, found_or, percent
from seqkit.checks.findings import Finding

FACTOR = 4
"""How many times longer than usual a side may be, compared with the other."""
_SHORT = 20  # characters of the longer side, of which a ratio says little
_BLANK = r"^[\s\pZ\pC]*$"


def sides(examples: Examples) -> Iterator[Finding]:
    """Pairs of texts that are equal, empty or of very different lengths."""
    inputs = examples.columns("text", target=False)
    targets = examples.columns("text", target=True)
    for source in inputs:
        for target in targets:
            found = (
                one
                for split in examples.splits
                for one in _of_split(examples, split, source, target)
            )
            yield from found_or(found, f"each {source} and {target} suit each other")


def _of_split(
    examples: Examples, split: str, source: str, target: str
) -> Iterator[Finding]:
    equal, empty, ratios = [], [], []
    for first, pair in examples.batches(split, source, target):
        left, right = (pc.utf8_trim_whitespace(side) for side in pair)  # type: ignore
        equal.append(first + _rows(pc.equal(left, right)))  # type: ignore
        blank = [pc.match_substring_regex(side, _BLANK) for side in (left, right)]  # type: ignore
        empty.append(first + _rows(pc.or_(*blank)))  # type: ignore
        sizes = [1 + pc.utf8_length(side).to_numpy() for side in (left, right)]  # type: ignore
        ratio = np.log(sizes[0] / sizes[1]).astype(np.float32)
        ratios.append(np.where(np.maximum(*sizes) > _SHORT, ratio, np.nan))
    total = len(examples.splits[split])
    ratio = np.concatenate(ratios)
    usual = float(np.nanmedian(ratio)) if np.isfinite(ratio).any() else 0.0
    odd = np.flatnonzero(np.abs(ratio - usual) > np.log(FACTOR))
    for rows, what, most in (
        (np.concatenate(equal), f"have equal {source} and {target}", 0.1),
        (np.concatenate(empty), "have a side without a visible character", 0.01),
        (odd, f"have sides whose lengths differ {FACTOR} times more than usual", 0.1),
    ):
        found = len(rows)
        yield Finding(
            f"{split}: {found:,} of {total:,} pairs"
            f"{f' ({percent(found, total)})' if found else ''} {what}",
            "fail" if found > most * total else "warn" if found else "pass",
            found,
            examples.places(
                split,
                rows,
                lambda row: examples.brief(split, row, source, target),
            ),
        )


def _rows(mask) -> np.ndarray:
    return np.flatnonzero(mask.to_numpy(zero_copy_only=False))
