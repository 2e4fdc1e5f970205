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

    Args:
        sequences: The tags of training sentences.
        scheme: Their scheme, or `None`.
        model_scheme: `"BIO"` or `"BIOES"`, for tags with a scheme.

    Returns:
        Without a scheme, the tags; otherwise `O` and every place in a span of every
        type, seen or not, so that any span can be predicted.

    Example:

    >>> from seqkit.data.tags.vocabulary import model_tags
    >>> model_tags([["B-PER", "O"]], "BIO", "BIOES")
    ['O', 'B-PER', 'I-PER', 'E-PER', 'S-PER']
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
    """A function from row numbers to the ids of their tags.

    Args:
        examples: A `datasets.Dataset` with the column `tags`.
        vocabulary: A `seqkit.tokenizers.LabelVocabulary`; a tag that it lacks is 0.
        scheme, model_scheme: As in `model_tags`.
        cache_dir: Folder for prepared data.
    """
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
