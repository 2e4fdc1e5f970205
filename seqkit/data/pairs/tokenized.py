"""Text to token ids, once, in a memory-mapped cache."""

import contextlib
import hashlib

import datasets
import numpy as np

from seqkit.data.sources.parts import quiet
from seqkit.data.sources.store import cache_folder


class TokenizedPairs:
    """Sentence pairs as token ids, memory-mapped; made by `tokenize_pairs`.

    Attributes:
        lengths: Integer array `[N, 2]`, tokens of source and target, `</s>` included.
        over_length: How many pairs were left out for having more than `max_length`.
        max_length: That length.
    """

    def __init__(self, texts, ids, max_length):
        self._texts, self._ids = texts, ids
        lengths = np.stack(
            [np.asarray(ids.with_format("numpy")[c][:]) for c in _LENGTHS], axis=1
        )
        self._rows = np.flatnonzero(lengths.max(axis=1, initial=0) <= max_length)
        self.lengths = lengths[self._rows]
        self.over_length = len(lengths) - len(self._rows)
        self.max_length = max_length

    def __len__(self):
        return len(self._rows)

    def token_ids(self, rows):
        """Ids of both sides of some rows: two lists of integer arrays."""
        batch = self._ids[self._rows[rows]]
        return batch["source"], batch["target"]

    def texts(self, rows=slice(None)):
        """Both sides of some rows as text: two lists."""
        batch = self._texts[self._rows[rows]]
        return list(batch["source"]), list(batch["target"])


_LENGTHS = ("source_length", "target_length")


def tokenize_pairs(
    texts, encode_source, encode_target, *, fingerprint, max_length, cache_dir=None
):
    """Encodes both columns of a dataset of sentence pairs.

    Each text is encoded once; the ids are kept in an Arrow file and mapped into memory,
    so a corpus may be larger than memory and a second start encodes nothing.

    Args:
        texts: A `datasets.Dataset` with the string columns `source` and `target`.
        encode_source, encode_target: Callables from N texts to N lists of ids.
        fingerprint: What identifies the two callables, such as a hash of their models.
        max_length: Pairs with more tokens on either side, `</s>` included, are left
            out and counted in `over_length`.
        cache_dir: Folder of the Arrow file, by default inside that of `datasets`.

    Returns:
        `TokenizedPairs`, in the order of the dataset.
    """

    def encode(batch):
        source, target = encode_source(batch["source"]), encode_target(batch["target"])
        return {
            "source": source,
            "target": target,
            "source_length": [len(ids) + 1 for ids in source],
            "target_length": [len(ids) + 1 for ids in target],
        }

    folder = cache_folder(cache_dir)
    folder.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256(f"{texts._fingerprint} {fingerprint}".encode()).hexdigest()[
        :32
    ]
    ids = datasets.Sequence(datasets.Value("int32"))
    lengths = {name: datasets.Value("int32") for name in _LENGTHS}
    # A progress bar is for those who have to wait.
    with contextlib.nullcontext() if len(texts) > 200_000 else quiet():
        ids = texts.map(
            encode,
            batched=True,
            features=datasets.Features({"source": ids, "target": ids} | lengths),
            new_fingerprint=key,
            cache_file_name=str(folder / f"ids-{key}.arrow"),
        )
    return TokenizedPairs(
        texts, ids.with_format("numpy", columns=["source", "target"]), max_length
    )
