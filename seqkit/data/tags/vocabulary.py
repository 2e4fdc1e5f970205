"""The tags that a model predicts, and their ids."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from seqkit.data.tags.schemes import convert
from seqkit.data.tags.sentences import IndexedSentences


def model_tags(
    sequences: Iterable[list[str]], scheme: str | None, model_scheme: str
) -> list[str]:
    """The names of the tags that a model predicts.

    With a scheme these are all places in a span of all types, seen or not.
    """
    if scheme is None:
        return sorted({tag for tags in sequences for tag in tags})
    change = partial(convert, source=scheme, target=model_scheme)
    found = {tag for tags in sequences for tag in change(tags)} - {"O"}
    kinds = sorted({tag.partition("-")[2] for tag in found})
    places = "BI" if model_scheme == "BIO" else "BIES"
    return ["O", *(f"{place}-{kind}" for kind in kinds for place in places)]


def tag_ids(
    examples: Any,
    vocabulary: Any,
    scheme: str | None,
    model_scheme: str,
    cache_dir: str | None = None,
) -> Callable[[Any], list[np.ndarray]]:
    """A function from row numbers to the ids of their tags."""
    change = partial(convert, source=scheme, target=model_scheme) if scheme else None
    tags = IndexedSentences.make(
        examples,
        column="tags",
        change=change,
        fingerprint=scheme and f"{scheme} to {model_scheme}",
        cache_dir=cache_dir,
    )
    ids = np.array(vocabulary.encode(tags.types, unknown_id=0), np.int32)
    return lambda rows: [ids[row] for row in tags.rows(rows)]
