"""The scale of series: means and standard deviations of train."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from seqkit.data.series.table import SeriesTable
from seqkit.errors import SeqkitError


@dataclass(frozen=True)
class SeriesScaler:
    """Means and deviations of variables, learnt from train alone.

        scaled = (value - mean) / deviation

    A variable that is constant in train has the deviation 1.

    Args:
        targets, covariates, known: Names of the variables.
        means, deviations: Their figures, in the order targets, covariates, known.

    >>> import numpy as np
    >>> from seqkit.data.series.scaler import SeriesScaler
    >>> scaler = SeriesScaler(["load"], [], [], [10.0], [2.0])
    >>> scaler.scale(np.array([[12.0]])), scaler.unscale(np.array([[1.0]]))
    (array([[1.]]), array([[12.]]))
    """

    targets: list[str]
    covariates: list[str]
    known: list[str]
    means: list[float]
    deviations: list[float]

    @classmethod
    def train(
        cls, tables: Iterable[SeriesTable], targets, covariates, known
    ) -> "SeriesScaler":
        """Learns from tables; values that are missing are passed over."""
        tables = list(tables)
        stacked = np.concatenate(
            [np.hstack([t.targets, t.covariates, t.known]) for t in tables]
        )
        seen = np.asarray(np.isfinite(stacked).any(axis=0))
        names = [*targets, *covariates, *known]
        if not seen.all():
            empty = [name for name, any_ in zip(names, seen, strict=True) if not any_]
            raise SeqkitError(
                f"dataset: expected values in train, found none of {', '.join(empty)}"
            )
        means, deviations = np.nanmean(stacked, axis=0), np.nanstd(stacked, axis=0)
        flat = deviations < 1e-12 * np.maximum(1, np.abs(means))
        deviations = np.where(flat, 1.0, deviations)
        return cls(
            list(targets),
            list(covariates),
            list(known),
            means.tolist(),
            deviations.tolist(),
        )

    def _part(self, what: str) -> tuple[np.ndarray, np.ndarray]:
        sizes = len(self.targets), len(self.covariates), len(self.known)
        place = ("targets", "covariates", "known").index(what)
        part = slice(sum(sizes[:place]), sum(sizes[: place + 1]))
        return np.array(self.means)[part], np.array(self.deviations)[part]

    def scale(self, values: np.ndarray, what: str = "targets") -> np.ndarray:
        """Scales `[..., V]` of targets, covariates or known variables."""
        means, deviations = self._part(what)
        return (values - means) / deviations

    def unscale(self, values: np.ndarray) -> np.ndarray:
        """Undoes the scale of targets `[..., V]`."""
        means, deviations = self._part("targets")
        return values * deviations + means

    @property
    def target_means(self) -> list[float]:
        """Means of the targets."""
        return self._part("targets")[0].tolist()

    @property
    def target_deviations(self) -> list[float]:
        """Deviations of the targets."""
        return self._part("targets")[1].tolist()

    def save(self, path: Path) -> None:
        """Writes a JSON file."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        Path(path).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "SeriesScaler":
        """Reads what `save` wrote."""
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        names = ("targets", "covariates", "known")
        try:
            scaler = cls(**found)
            total = sum(len(getattr(scaler, name)) for name in names)
            figures = np.array([scaler.means, scaler.deviations], np.float64)
            if figures.shape != (2, total) or not (figures[1] > 0).all():
                raise ValueError("sizes of names, means and deviations differ")
            if not np.isfinite(figures).all():
                raise ValueError("a mean or a deviation is not finite")
        except (TypeError, ValueError) as error:
            raise SeqkitError(
                f"{path}: expected means and deviations by name, found {error}"
            ) from error
        return scaler
