"""What a check finds, and the report of all checks."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Literal

Verdict = Literal["pass", "warn", "fail"]
VERDICTS: tuple[Verdict, ...] = ("pass", "warn", "fail")


@dataclasses.dataclass(frozen=True)
class Place:
    """Where something was found.

    Attributes:
        where: The file, or the split of a dataset in memory.
        line: Line of the file, counted from 1, if it has lines.
        row: Row, counted from 0, if there are no lines.
        found: What is there, shortened.

    >>> from seqkit.checks import Place
    >>> print(Place("train.tsv", 7, None, "'a dog'"))
    train.tsv, line 7: 'a dog'
    """

    where: str
    line: int | None = None
    row: int | None = None
    found: str = ""

    def __str__(self) -> str:
        line = "" if self.line is None else f", line {self.line}"
        row = "" if self.row is None else f", row {self.row}"
        return f"{self.where}{line}{row}" + (f": {self.found}" if self.found else "")


@dataclasses.dataclass(frozen=True)
class Finding:
    """One sentence about the examples.

    Attributes:
        text: The sentence.
        verdict: `"pass"`, `"warn"` or `"fail"`.
        count: How many rows or other things it is about.
        places: The first of them.
        figures: What was measured, by name; for programs.
    """

    text: str
    verdict: Verdict = "pass"
    count: int = 0
    places: tuple[Place, ...] = ()
    figures: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def worst(findings: Iterable[Finding]) -> Verdict:
    """The worst verdict, `"pass"` of nothing."""
    return VERDICTS[max((VERDICTS.index(one.verdict) for one in findings), default=0)]


@dataclasses.dataclass(frozen=True)
class CheckReport:
    """What the checks of a dataset found; `print` shows it.

    Attributes:
        recipe: Name of the recipe.
        dataset: What was checked, in words.
        splits: Name of a split to its number of rows.
        checks: Name of a check to its findings.

    >>> from seqkit.checks import CheckReport, Finding
    >>> found = {"overlap": [Finding("test: 2 rows are in train too", "fail", 2)]}
    >>> report = CheckReport("sentiment", "file a.tsv", {"train": 10}, found)
    >>> report.verdict
    'fail'
    >>> print(report)
    sentiment, file a.tsv: train 10
    <BLANKLINE>
    overlap
      fail  test: 2 rows are in train too
    <BLANKLINE>
    1 check fails
    """

    recipe: str
    dataset: str
    splits: Mapping[str, int]
    checks: Mapping[str, list[Finding]]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all checks."""
        return worst(one for findings in self.checks.values() for one in findings)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain dictionaries and lists, ready for JSON."""
        return {
            "recipe": self.recipe,
            "dataset": self.dataset,
            "verdict": self.verdict,
            "splits": dict(self.splits),
            "checks": {
                name: {
                    "verdict": worst(findings),
                    "findings": [dataclasses.asdict(one) for one in findings],
                }
                for name, findings in self.checks.items()
            },
        }

    def __str__(self) -> str:
        from seqkit.checks.display import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from seqkit.checks.display import as_html

        return as_html(self)
