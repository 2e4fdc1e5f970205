"""Running the checks."""

from collections.abc import Callable, Iterator, Mapping

from seqkit.checks.examples import Examples
from seqkit.checks.findings import CheckReport, Finding
from seqkit.registries import checks

Check = Callable[[Examples], Iterator[Finding]]
"""From the examples to findings; none if it does not apply to them."""


def run_checks(
    examples: Examples, recipe: str, more: Mapping[str, Check] | None = None
) -> CheckReport:
    """Runs all registered checks, and `more` that a recipe has of its own.

    Args:
        examples: The examples.
        recipe: Name of the recipe, for the report.
        more: Name to check.
    """
    found = {}
    for name, check in {**checks, **(more or {})}.items():
        if findings := list(check(examples)):
            found[name] = findings
    splits = {name: len(rows) for name, rows in examples.splits.items()}
    return CheckReport(recipe, examples.splits.origin, splits, found)
