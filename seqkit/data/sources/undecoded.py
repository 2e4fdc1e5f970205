"""Rows of `datasets` with images and sounds as they are stored."""

from dataclasses import replace
from functools import partial
from typing import Any

import datasets

from seqkit.data.sources.files import Part


def undecoded(part: Part) -> Part:
    """The same `Part` with images and sounds as bytes or paths, if it reads a dataset.

    So that rows are read fast, and sounds without torchcodec.
    """
    first, *others = getattr(part.read, "args", None) or (None,)
    if not isinstance(first, datasets.Dataset | datasets.IterableDataset):
        return part
    for column, feature in (first.features or {}).items():
        if isinstance(feature, datasets.Image | datasets.Audio):
            first = first.cast_column(column, type(feature)(decode=False))
    read: Any = part.read
    return replace(part, read=partial(read.func, first, *others))
