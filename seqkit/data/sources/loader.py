"""What all `load_*` functions do alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import datasets

from seqkit.data.annotations import FilePath, Sample
from seqkit.data.sources.arrow import Check, load_splits
from seqkit.data.sources.encodings import codec_name
from seqkit.data.sources.files import Layout, Part
from seqkit.data.sources.parts import find_parts
from seqkit.data.sources.splits import Splits
from seqkit.errors import DataError


@dataclass
class Loader:
    """The arguments that all `load_*` functions share, see `seqkit.data`."""

    dataset: Any
    encoding: str
    name: str | None
    sample: Sample | None
    on_error: str
    cache_dir: FilePath | None

    def __post_init__(self) -> None:
        self.encoding = codec_name(self.encoding)
        self.is_sample = self.dataset is None
        if self.is_sample:
            if self.sample is None:
                raise DataError("a dataset", "None", fix="There is no sample for it")
            self.dataset = self.sample()

    def find(self, layout: Layout) -> tuple[str, dict[str, Part]]:
        """Returns what the dataset is, in words, and its splits, not read yet."""
        return find_parts(self.dataset, layout, self.name)

    def load(
        self,
        found: tuple[str, Mapping[str, Part]],
        check: Check,
        features: Mapping[str, Any],
        key: list[Any],
        left_out: Mapping[str, tuple[int, str]] | None = None,
    ) -> Splits:
        """Checks and stores the rows of the splits that were found."""
        origin, parts = found
        return load_splits(
            parts,
            check,
            datasets.Features(features),
            origin=origin,
            key=[*key, self.encoding],
            on_error=self.on_error,
            cache_dir=self.cache_dir,
            left_out=left_out,
        )
