"""Columns of text to token ids, once, in a memory-mapped Arrow file."""

import contextlib
from collections.abc import Mapping
from typing import Any

import datasets
import numpy as np

from seqkit.data.annotations import Encode, FilePath
from seqkit.data.sources.store import cache_folder, key_of, quiet, written_once

_VERSION = 1  # of what is written here


def encode_columns(
    texts: datasets.Dataset,
    encoders: Mapping[str, Encode],
    fingerprint: Any,
    cache_dir: FilePath | None,
) -> tuple[datasets.Dataset, np.ndarray]:
    """Encodes columns of N texts once; a second start only maps the file.

    Returns the ids, formatted as NumPy, and their number, int64 `[N, columns]`.
    """
    columns = list(encoders)
    lengths = [f"{column}_length" for column in columns]

    def encode(batch: Mapping[str, list[str]]) -> dict[str, Any]:
        ids = {column: run(batch[column]) for column, run in encoders.items()}
        counts = [[len(row) for row in ids[column]] for column in columns]
        return ids | dict(zip(lengths, counts, strict=True))

    folder = cache_folder(cache_dir)
    folder.mkdir(parents=True, exist_ok=True)
    key = key_of("ids", _VERSION, columns, texts._fingerprint, str(fingerprint))
    count = datasets.Value("int32")
    features = dict.fromkeys(columns, datasets.Sequence(count))
    # Show a progress bar only if there is a while to wait.
    file = folder / f"ids-{key}.arrow"
    shown = contextlib.nullcontext() if len(texts) > 200_000 else quiet()
    with written_once(file), shown:
        encoded = (
            texts.select_columns(columns)
            .map(
                encode,
                batched=True,
                features=datasets.Features(features | dict.fromkeys(lengths, count)),
                new_fingerprint=key,
                cache_file_name=str(file),
            )
            .with_format("numpy")
        )
    counts = [np.asarray(encoded[name][:], np.int64) for name in lengths]
    return encoded.with_format("numpy", columns=columns), np.stack(counts, axis=1)
