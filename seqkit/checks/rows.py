"""How many rows there are, and which were left out."""

from collections.abc import Iterator

from seqkit.checks.examples import Examples, percent
from seqkit.checks.findings import Finding, Place

FEWEST = 100
"""Rows of a split by which a difference of some percent can be judged."""


def rows(examples: Examples) -> Iterator[Finding]:
    """Sizes of the splits, what the loader decided, and rows that it left out."""
    splits = examples.splits
    sizes = {name: len(split) for name, split in splits.items()}
    yield from _sizes(sizes, examples)
    for note in splits.notes:
        yield Finding(note)
    for split, count in splits.skipped.items():
        errors = splits.errors.get(split, ())
        places = tuple(
            Place(
                str(e.where), e.line, e.row, f"expected {e.expected}, found {e.found}"
            )
            for e in errors
        )
        said = "" if places else f", such as: {splits.messages[split][0]}"
        whole = count + sizes.get(split, 0)
        if split == "train":
            whole += splits.held_out + splits.held_out_test
        # Rows without a target stop no training: they are left out with a word.
        stops = bool(errors) and examples.options.get("on_error", "raise") == "raise"
        text = f"{split}: {count:,} of {whole:,} rows ({percent(count, whole)}) are "
        text += "bad and would stop a training" if stops else "left out"
        fix = '. Mend them, or leave them out with on_error="skip"' if stops else ""
        yield Finding(text + said + fix, "fail" if stops else "warn", count, places)


def _sizes(sizes: dict[str, int], examples: Examples) -> Iterator[Finding]:
    text = ", ".join(f"{name} {size:,}" for name, size in sizes.items())
    yield Finding(f"{sum(sizes.values()):,} rows: {text}", figures={"rows": sizes})
    if "train" not in sizes:
        yield Finding("there is no train split, from which a task learns", "fail")
    if "validation" not in sizes:
        yield Finding(
            "there is no validation split, by which the best epoch is kept: give one, "
            "or validation_fraction",
            "warn",
        )
    if not any(name.startswith("test") for name in sizes):
        yield Finding(
            "there is no test split: give one, or test_fraction, to have a figure that "
            "nothing was chosen by",
            "warn",
        )
    if examples.is_running_text:
        return
    for name in examples.others:
        if sizes[name] < FEWEST:
            yield Finding(
                f"{name}: {sizes[name]:,} rows, and fewer than {FEWEST} are few to "
                "judge by",
                "warn",
                sizes[name],
            )
