"""Texts to one long array of token ids, once, mapped into memory."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import datasets
import numpy as np

from seqkit.data.annotations import Encode, FilePath
from seqkit.data.sources.store import key_of, store
from seqkit.data.text.counts import TextCounts, row_sizes
from seqkit.data.text.token_stream import TokenStream
from seqkit.errors import DataError
from seqkit.special_ids import END_ID, START_ID

_VERSION = 2  # of what is written here
_CHARACTERS = 1 << 20  # about as many are encoded at once
_DTYPES = {"uint16": np.dtype("<u2"), "int32": np.dtype("<i4")}


def tokenize_texts(
    dataset: datasets.Dataset,
    encode: Encode,
    *,
    fingerprint: Any,
    documents: bool,
    start_id: int = START_ID,
    end_id: int = END_ID,
    cache_dir: FilePath | None = None,
) -> TokenStream:
    """Encodes the texts of a dataset, one after the other, into one array.

    Each text is encoded once. The ids are stored in 2 bytes each, or 4 if one is above
    65,535, and are mapped into memory, so a corpus may be larger than memory and a
    second start encodes nothing.

    As a stream every row is encoded with a `"\\n"` at its end. As documents each row
    is `<s>`, its ids, `</s>`.

    Args:
        dataset: A `datasets.Dataset` with the string column `text`, as `load_texts`
            returns for the same `documents`.
        encode: Callable from N texts to N lists of ids.
        fingerprint: Identifies `encode`, such as a hash of its model.
        documents: Whether the rows are documents.
        start_id: Id of `<s>`. A stream does not contain it: only its first token is
            predicted from it. Give the id of the line end instead if the model should
            read the text as if a line had just ended.
        end_id: Id of `</s>`; a stream does not contain it either, unless `encode`
            returns it for a line end.
        cache_dir: Folder of the file, by default inside that of `datasets`.

    Returns:
        A `TokenStream`.

    Raises:
        DataError: There is not one token.
        ValueError: `encode` does not return a list of ids for each text.
    """
    ends = [start_id, end_id] if documents else None
    key = key_of("tokens", _VERSION, dataset._fingerprint, str(fingerprint), ends)
    folder = store(cache_dir, key, partial(_write, dataset, encode, ends))
    stored = json.loads((folder / "counts.json").read_text("utf-8"))
    dtype = _DTYPES[stored.pop("dtype")]
    offsets = np.memmap(folder / "offsets.bin", "<i8", "r") if documents else None
    return TokenStream(
        np.memmap(folder / "tokens.bin", dtype, "r"),
        offsets,
        start_id=start_id,
        counts=TextCounts(**stored),
        rows=np.memmap(folder / "rows.bin", "<i8", "r").reshape(-1, 3),
    )


def _write(dataset, encode, ends, folder):
    """Writes the ids, where documents begin, and the counts of all and of each row."""
    tokens, counts = _IdFile(folder / "tokens.bin"), TextCounts()
    places = folder / "offsets.bin", folder / "rows.bin"
    with open(places[0], "wb") as offsets, open(places[1], "wb") as rows:
        np.zeros(1, "<i8").tofile(offsets)
        for texts in _chunks(dataset):
            if not ends:
                texts = [f"{text}\n" for text in texts]
            ids, lengths = _flat(texts, encode(texts))
            counts += TextCounts.of(texts, documents=bool(ends))
            stops = np.cumsum(lengths)
            if ends:
                ids, stops = _with_ends(ids, lengths, *ends)
                (stops + tokens.count).astype("<i8").tofile(offsets)
            sizes = row_sizes(texts, documents=bool(ends))
            np.column_stack([stops + tokens.count, sizes]).astype("<i8").tofile(rows)
            tokens.append(ids)
    if not tokens.count:
        raise DataError("at least one token", f"none in {len(dataset):,} rows")
    stored = asdict(counts) | {"dtype": tokens.dtype}
    (folder / "counts.json").write_text(json.dumps(stored), "utf-8")


def _chunks(dataset: datasets.Dataset) -> Iterator[list[str]]:
    """The texts in lists of about `_CHARACTERS` characters, by their mean length."""
    mean = dataset.data.nbytes // max(1, len(dataset)) + 1
    rows = dataset.with_format(None).select_columns("text")
    batch: Any
    for batch in rows.iter(batch_size=max(1, _CHARACTERS // mean)):
        yield batch["text"]


def _flat(texts, encoded):
    """Returns all ids as one array `[N]`, and the number of ids of each text."""
    if len(encoded) != len(texts):
        found = f"{len(encoded):,} for {len(texts):,} texts"
        raise ValueError(f"encode: expected a list of ids for each text, found {found}")
    lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
    if all(isinstance(ids, np.ndarray) for ids in encoded):
        ids = np.concatenate(encoded).astype(np.int64)
    else:
        chain = itertools.chain.from_iterable(encoded)
        ids = np.fromiter(chain, np.int64, lengths.sum())
    if len(ids) and not 0 <= ids.min() <= ids.max() < 2**31:
        found = f"{ids.min()} to {ids.max()}"
        raise ValueError(f"encode: expected ids from 0 to 2**31 - 1, found {found}")
    return ids, lengths


def _with_ends(ids, lengths, start_id, end_id):
    """Puts the two ids around each document; returns also where each then stops."""
    stops = np.cumsum(lengths + 2)
    whole = np.full(len(ids) + 2 * len(lengths), end_id, np.int64)
    inner = np.ones(len(whole), bool)
    starts = stops - lengths - 2
    inner[starts] = inner[stops - 1] = False
    whole[inner] = ids
    whole[starts] = start_id
    return whole, stops


class _IdFile:
    """Appends ids to a file, in two bytes each until one needs four."""

    def __init__(self, path: Path):
        self.path, self.dtype, self.count = path, "uint16", 0
        path.touch()

    def append(self, ids: np.ndarray) -> None:
        if self.dtype == "uint16" and len(ids) and ids.max() > 65535:
            self._widen()
        with open(self.path, "ab") as file:
            ids.astype(_DTYPES[self.dtype]).tofile(file)
        self.count += len(ids)

    def _widen(self) -> None:
        wide = self.path.with_suffix(".wide")
        with open(self.path, "rb") as file, open(wide, "wb") as other:
            while len(ids := np.fromfile(file, _DTYPES["uint16"], 1 << 20)):
                ids.astype(_DTYPES["int32"]).tofile(other)
        wide.replace(self.path)
        self.dtype = "int32"
