"""Which labels there are, how often, and in which splits."""

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow
import pyarrow.compute as pc

from seqkit.checks.examples import Examples, percent
from seqkit.checks.findings import Finding
from seqkit.data.labels.likely_mistakes import FEW_SEVERAL, same_but_for_case
from seqkit.data.sources.lines import brief, listed

FEW = 5
"""Examples of a label in train from which something can be learnt."""
SHOWN = 12


def labels(examples: Examples) -> Iterator[Finding]:
    """The distribution of labels and tags, and labels that are rare or misplaced."""
    for column in examples.columns("label", "labels", "tags"):
        counts = {s: counted(examples, s, column) for s in examples.splits}
        for split, names in counts.items():
            yield _distribution(
                split, column, names, examples.fields[column].kind == "tags"
            )
        yield from _rare(examples, column, counts)
        yield from _misplaced(examples, column, counts)
        everything = sum(counts.values(), Counter())
        for said in same_but_for_case(everything):
            first = said.first
            yield Finding(
                str(said), "warn", said.count, _first(examples, column, first)
            )
    for column in examples.columns("labels"):
        yield from _several(examples, column)


def counted(examples: Examples, split: str, column: str) -> Counter[str]:
    """How often each label is in a split; of tags with a scheme, each type."""

    def count():
        found: Counter[str] = Counter()
        for _, names in examples.strings(split, column):
            for one in pc.value_counts(names):  # type: ignore
                found[one["values"].as_py()] += one["counts"].as_py()
        return found

    return examples.once(("labels", split, column), count)


def _distribution(split: str, column: str, names: Counter, tags: bool) -> Finding:
    total = names.total()
    shown = [
        f"{brief(name)} {n:,} ({percent(n, total)})"
        for name, n in names.most_common(SHOWN)
    ]
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    top = max(names.values(), default=0)
    alone = split == "train" and len(names) < 2
    return Finding(
        f"{split}, {column}: {len(names):,} different: {', '.join(shown)}{more}",
        "fail" if alone else "warn" if top > 0.95 * total and not tags else "pass",
        len(names),
        figures={"split": split, "column": column, "counts": dict(names.most_common())},
    )


def _rare(examples: Examples, column: str, counts: Mapping) -> Iterator[Finding]:
    train = counts.get("train", Counter())
    most = examples.most_places
    rare = sorted((n, name) for name, n in train.items() if n < FEW)
    if rare:
        yield Finding(
            f"train, {column}: {len(rare):,} have fewer than {FEW} examples: "
            + listed([name for _, name in rare]),
            "warn",
            len(rare),
            tuple(
                place
                for _, name in rare[:most]
                for place in _first(examples, column, name)[: -(-most // len(rare))]
            ),
        )


def _misplaced(examples: Examples, column: str, counts: Mapping) -> Iterator[Finding]:
    """Labels that train lacks, and those that no other split has."""
    train = counts.get("train")
    if train is None:
        return
    for split in examples.others:
        unknown = [name for name in counts[split] if name not in train]
        if unknown:
            rows = sum(counts[split][name] for name in unknown)
            yield Finding(
                f"{split}, {column}: {len(unknown):,} are not in train and can never "
                f"be predicted, {rows:,} times: {listed(unknown)}",
                "fail" if 100 * rows > counts[split].total() else "warn",
                rows,
                _first(examples, column, unknown[0], split),
            )
    elsewhere: set[str] = set().union(*(counts[split] for split in examples.others))
    alone = [name for name in train if name not in elsewhere]
    if alone and examples.others:
        yield Finding(
            f"{column}: {len(alone):,} are in train alone, so nothing measures them: "
            + listed(alone),
            "warn",
            len(alone),
        )


def _several(examples: Examples, column: str) -> Iterator[Finding]:
    """Rows with several labels, or none; few of them are more likely a slip."""
    for split in examples.splits:
        sizes = [
            pc.list_value_length(array).to_numpy()  # type: ignore
            for _, (array,) in examples.batches(split, column)
        ]
        sizes = np.concatenate(sizes)
        several, none = (sizes > 1).sum(), (sizes == 0).sum()
        found = np.flatnonzero(sizes != 1)
        if len(found):
            few = len(found) < FEW_SEVERAL * len(sizes)
            few = few and not examples.options.get("multi_label")
            yield Finding(
                f"{split}, {column}: {several:,} of {len(sizes):,} rows have several, "
                f"{none:,} have none"
                + (": a slip, or a task with multi_label" if few else ""),
                "warn" if few else "pass",
                len(found),
                examples.places(split, found, column),
            )


def _first(examples: Examples, column: str, name: str, split: str | None = None):
    """The places of the first rows with a label."""
    wanted, places = pyarrow.array([name]), ()
    for one in [split] if split else examples.splits:
        for numbers, names in examples.strings(one, column):
            left = examples.most_places - len(places)
            if not left:
                return places
            is_it = pc.is_in(names, value_set=wanted)  # type: ignore
            rows = dict.fromkeys(numbers[is_it.to_numpy(zero_copy_only=False)].tolist())
            places += examples.places(one, list(rows)[:left], column)
    return places
