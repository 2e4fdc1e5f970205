"""What a model made of the examples of a split, and how good it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from seqkit.metrics import Measures


@dataclass(frozen=True)
class Judgement:
    """What a model made of N examples, and how good it is.

    `evaluate`, reports and comparisons all come from one. What only a report needs is
    a function, called when it is needed.

    Attributes:
        measures: The `seqkit.metrics.Measures` of the examples. A recipe that knows
            figures of the split alone has them without statistics.
        rows: The number of each example in the split `[N]`; `None` for all of them.
        found: From the number of an example among the N to what the model made of it.
        losses: Returns how wrong the model is about each example `[N]`.
        ranked_by: What these numbers are.
        confused: Returns counts, `confused["a"]["b"]` of a that was taken for b; by
            default those of the figure confusion.
        calibration: Returns what `seqkit.metrics.calibration_statistics` does; by
            default the statistics of this name.
    """

    measures: Measures
    rows: np.ndarray | None = None
    found: Callable[[int], Any] | None = None
    losses: Callable[[], Any] | None = None
    ranked_by: str = "loss"
    confused: Callable[[], Mapping[str, Mapping[str, int]]] | None = None
    calibration: Callable[[], Any] | None = None

    @classmethod
    def of_scores(cls, scores: Mapping[str, Any]) -> "Judgement":
        """Of figures alone."""
        return cls(Measures({}, scores))

    def scores(self) -> dict[str, Any]:
        """What `evaluate` returns."""
        return self.measures.values()


@dataclass(frozen=True)
class Example:
    """One example of a report.

    Attributes:
        row: Its number in the split, from 0.
        inputs, expected: Column to what it holds: what is read, and what is right.
        found: What the model made of it.
        loss: How wrong the model is, as the judgement ranks examples.
    """

    row: int
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any]
    found: Any = None
    loss: float | None = None
    views: Mapping[str, Any] = field(default_factory=dict)
