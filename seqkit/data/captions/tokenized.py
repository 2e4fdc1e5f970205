"""Captions to token ids, once."""

import itertools
from functools import partial
from pathlib import Path
from typing import Any

import datasets
import numpy as np

from seqkit.data.annotations import Encode, FilePath
from seqkit.data.sources.store import key_of, store
from seqkit.errors import DataError

_VERSION = 1  # of what is written here


class TokenizedCaptions:
    """Captions as token ids, a row each; `tokenize_captions` makes them.

    Args:
        dataset: Has one row per image, with the list `captions`; only `texts` reads it.
        ids: Integer array of the ids of all captions, one after the other.
        offsets: Integer array `[C + 1]`, where they begin, and where the last ends.
        images: Integer array `[C]`, the row of each caption's image, ascending.
        max_length: Captions with more tokens, `</s>` included, are left out.
        readable: Optional booleans `[N]`; images where it is `False` are left out.

    Attributes:
        images: Integer array `[R]`, the row of each caption's image in the dataset.
        lengths: Integer array `[R]`, tokens of each caption, `</s>` included.
        first_rows: Integer array `[I]`, the first caption of each image that has any;
            the others follow it.
        counts: Integer array `[I]`, how many captions each of them has.
        longest: Integer array `[I]`, the length of the longest of them.
        max_length: The greatest length.
        over_length: Number of captions left out for having more tokens.
        unreadable: Number of images left out with all their captions.
    """

    def __init__(
        self,
        dataset: Any,
        ids: np.ndarray,
        offsets: np.ndarray,
        images: np.ndarray,
        max_length: int,
        readable: np.ndarray | None = None,
    ):
        self._dataset, self._ids, self._offsets = dataset, ids, offsets
        lengths = np.diff(offsets) + 1
        kept = lengths <= max_length
        self.over_length = int((~kept).sum())
        self.unreadable = 0
        if readable is not None:
            if len(readable) != len(dataset):
                found = f"{len(readable):,} for {len(dataset):,} images"
                raise ValueError(f"readable: expected one of each image, found {found}")
            kept &= readable[images]
            self.unreadable = int((~readable).sum())
        self._rows = np.flatnonzero(kept)
        self.images, self.lengths = images[self._rows], lengths[self._rows]
        _, self.first_rows, self.counts = np.unique(
            self.images, return_index=True, return_counts=True
        )
        self.longest = np.maximum.reduceat(self.lengths, self.first_rows)
        # Which of its image's captions each one is.
        first = np.searchsorted(images, self.images)
        self._numbers = self._rows - first
        self.max_length = max_length

    def __len__(self) -> int:
        return len(self._rows)

    def token_ids(self, rows: Any) -> list[np.ndarray]:
        """Ids of some captions: a list of integer arrays."""
        kept = self._rows[rows]
        spans = zip(self._offsets[kept], self._offsets[kept + 1], strict=True)
        return [self._ids[start:stop] for start, stop in spans]

    def texts(self, rows: Any) -> list[str]:
        """Some captions as text: a list."""
        captions = self._dataset[self.images[rows]]["captions"]
        numbers = self._numbers[rows]
        return [one[number] for one, number in zip(captions, numbers, strict=True)]


def tokenize_captions(
    dataset: datasets.Dataset,
    encode: Encode,
    *,
    fingerprint: Any,
    max_length: int,
    readable: np.ndarray | None = None,
    cache_dir: FilePath | None = None,
) -> TokenizedCaptions:
    """Encodes the captions of a dataset, each as a row of its own.

    Each caption is encoded once; a second start reads the ids.

    Args:
        dataset: A `datasets.Dataset` with the column `captions`, as `load_captions`
            returns.
        encode: Callable from N texts to N lists of ids.
        fingerprint: Identifies `encode`, such as a hash of its model.
        max_length: Captions with more tokens, `</s>` included, are left out and
            counted in `over_length`.
        readable: Optional booleans `[N]`, such as `RegionFeatures.readable`: images
            that are left out, counted in `unreadable`, where it is `False`.
        cache_dir: Folder for the ids, by default inside that of `datasets`.

    Returns:
        `TokenizedCaptions`, in the order of the dataset.

    Raises:
        DataError: No caption is left.

    >>> import datasets, tempfile
    >>> from seqkit.data import tokenize_captions
    >>> rows = datasets.Dataset.from_dict({"captions": [["ab", "a"], ["abc"]]})
    >>> encode = lambda texts: [[ord(one) for one in text] for text in texts]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     captions = tokenize_captions(
    ...         rows, encode, fingerprint="ord", max_length=3, cache_dir=folder
    ...     )
    >>> captions.images.tolist(), captions.lengths.tolist(), captions.over_length
    ([0, 0], [3, 2], 1)
    """
    key = key_of("captions", _VERSION, dataset._fingerprint, str(fingerprint))
    folder = store(cache_dir, key, partial(_write, dataset, encode))
    ids, offsets, images = (
        np.fromfile(folder / f"{name}.bin", dtype)
        for name, dtype in {"ids": "<i4", "offsets": "<i8", "images": "<i8"}.items()
    )
    captions = TokenizedCaptions(dataset, ids, offsets, images, max_length, readable)
    if not len(captions):
        raise DataError(
            f"a caption of at most {max_length} tokens, </s> included",
            f"none of {len(images):,}, {captions.unreadable:,} images being unreadable",
            fix="Raise max_length, or see to the images",
        )
    return captions


def _write(dataset: datasets.Dataset, encode: Encode, folder: Path) -> None:
    """Writes the ids, where captions begin, and their images."""
    rows = dataset.with_format(None).select_columns("captions")
    image, stop = 0, 0
    with (
        open(folder / "ids.bin", "wb") as ids_file,
        open(folder / "offsets.bin", "wb") as offsets,
        open(folder / "images.bin", "wb") as images,
    ):
        np.zeros(1, "<i8").tofile(offsets)
        batch: Any
        for batch in rows.iter(batch_size=1000):
            counts = [len(captions) for captions in batch["captions"]]
            texts = list(itertools.chain.from_iterable(batch["captions"]))
            encoded = encode(texts)
            if len(encoded) != len(texts):
                found = f"{len(encoded):,} for {len(texts):,} texts"
                raise ValueError(f"encode: expected a list of ids each, found {found}")
            ids = itertools.chain.from_iterable(encoded)
            np.fromiter(map(int, ids), "<i4").tofile(ids_file)
            stops = stop + np.cumsum([len(one) for one in encoded])
            stops.astype("<i8").tofile(offsets)
            owners = np.arange(image, image + len(counts))
            np.repeat(owners, counts).astype("<i8").tofile(images)
            image, stop = image + len(counts), int(stops[-1])
