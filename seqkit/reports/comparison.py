"""Whether models differ by more than chance."""

from collections.abc import Mapping
from typing import Any

from seqkit.metrics import Figure, lower_is_better, paired_tests
from seqkit.reports.judgement import Judgement

LEVEL = 0.05


class Comparison:
    """Figures of several models on the same examples, each against the first one's.

    `print(comparison)` shows a table.

    Attributes:
        data: What `as_dict` returns.
    """

    def __init__(self, data: dict[str, Any]):
        self.data = data

    def as_dict(self) -> dict[str, Any]:
        """The comparison as plain dictionaries and lists.

        `runs`, the first of which is the `baseline`, and of each figure in `figures`
        the values by run: of the baseline `value`; of every other one also the
        `difference` from it with the bounds `low` and `high` of its 95 % interval,
        `p_bootstrap`, `p_randomization`, and `better`: true, false, or null if the
        difference may be chance. Without statistics of single examples, or for figures
        of different units, only `value` is there.
        """
        return self.data

    def __str__(self) -> str:
        data, rows = self.data, []
        head = f"{data['recipe']}, {data['split']}: {data['examples']:,} examples"
        heads = ("figure", "run", "value", "difference", "95 %", "p bootstrap")
        rows.append((*heads, "p randomization", ""))
        for name, values in data["figures"].items():
            for number, (run, one) in enumerate(values.items()):
                rows.append((name if not number else "", run, *_cells(one)))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(
                f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)
            )
            for row in rows
        ]
        end = f"{data['samples']:,} samples, seed {data['seed']}; "
        end += f"baseline {data['baseline']}"
        return "\n".join([head, *(f"  {line.rstrip()}" for line in lines), end])


def _cells(one):
    value = f"{one['value']:.4g}"
    if "difference" not in one:
        return value, "", "", "", "", ""
    verdict = {True: "better", False: "worse", None: ""}[one["better"]]
    return (
        value,
        f"{one['difference']:+.4g}",
        f"[{one['low']:+.4g}, {one['high']:+.4g}]",
        f"{one['p_bootstrap']:.4f}",
        f"{one['p_randomization']:.4f}",
        verdict,
    )


def make_comparison(
    judgements: Mapping[str, Judgement],
    *,
    about: Mapping[str, Any],
    samples: int,
    seed: int,
) -> Comparison:
    """Compares `Judgement`s of the same examples, by name, with the first of them."""
    baseline, *others = judgements
    measures = {name: one.measures for name, one in judgements.items()}
    values = {name: one.values() for name, one in measures.items()}
    figures: dict[str, dict[str, Any]] = {
        name: {baseline: {"value": value}}
        for name, value in values[baseline].items()
        if isinstance(value, float)
    }
    for other in others:
        mine, its = measures[baseline], measures[other]
        tested = paired_tests(_flat(mine), _flat(its), samples, seed)
        for name, row in figures.items():
            if name not in values[other]:
                continue
            row[other] = {"value": values[other][name]}
            if (name,) in tested:
                row[other] |= _tested(name, tested[name,])
    data = {**about, "runs": [*judgements], "baseline": baseline}
    data |= {"examples": len(measures[baseline]), "samples": samples, "seed": seed}
    return Comparison({**data, "figures": figures})


def _flat(measures):
    """The same without figures by label."""
    kept = {k: v for k, v in measures.figures.items() if isinstance(v, Figure)}
    return type(measures)(measures.statistics, kept)


def _tested(name, found):
    difference = found.value - found.baseline
    surely = max(found.p_bootstrap, found.p_randomization) < LEVEL
    better = (difference < 0) == lower_is_better(name) if surely else None
    return {
        "difference": difference,
        "low": found.low,
        "high": found.high,
        "p_bootstrap": found.p_bootstrap,
        "p_randomization": found.p_randomization,
        "better": better,
    }
