"""Texts with labels to token ids, once, in a memory-mapped cache."""

import contextlib

import datasets
import numpy as np

from seqkit.data.sources.parts import quiet
from seqkit.data.sources.store import cache_folder, key_of

_VERSION = 1  # of what is written here


class TokenizedTexts:
    """Texts as token ids, memory-mapped, with labels; made by `tokenize_labelled`.

    The ids of a text end with `</s>`, so that a text without any token has one too. A
    text longer than `max_length` is cut to its first `max_length` tokens.

    Attributes:
        lengths: Integer array `[N]`, tokens of each text, `</s>` included, as cut.
        over_length: How many texts are cut.
        max_length: The greatest number of tokens, or `None`.
        end_id: Id of `</s>`.
    """

    def __init__(self, texts, ids, max_length, end_id):
        self._texts, self._ids = texts, ids.with_format("numpy", columns=["ids"])
        lengths = np.asarray(ids.with_format("numpy")["length"][:], dtype=np.int64) + 1
        most = lengths.max(initial=1) if max_length is None else max_length
        self.over_length = int((lengths > most).sum())
        self.lengths = np.minimum(lengths, most)
        self.max_length, self.end_id = max_length, end_id

    def __len__(self):
        return len(self.lengths)

    def token_ids(self, rows):
        """Ids of some rows: a list of integer arrays."""
        return self.ended(self._ids[rows]["ids"])

    def ended(self, ids):
        """Ids of other encodings of texts, ended and cut as those here are."""
        return [np.append(row, self.end_id)[: self.max_length] for row in ids]

    def texts(self, rows=slice(None)):
        """Some rows as text: a list."""
        return list(self._texts[rows]["text"])

    def labels(self, rows=slice(None)):
        """Labels of some rows: a list of lists of strings."""
        return list(self._texts[rows]["labels"])


def tokenize_labelled(
    texts, encode, *, fingerprint, max_length=None, end_id=3, cache_dir=None
):
    """Encodes the texts of a dataset of texts with labels.

    Each text is encoded once; the ids are kept in an Arrow file and mapped into memory,
    so a corpus may be larger than memory and a second start encodes nothing.

    Args:
        texts: A `datasets.Dataset` with the columns `text` and `labels`, as
            `load_labelled` returns.
        encode: Callable from N texts to N lists of ids.
        fingerprint: What identifies `encode`, such as a hash of its model.
        max_length: Of a longer text the first `max_length` tokens, `</s>` included, are
            kept; `over_length` counts such texts. `None` keeps everything.
        end_id: Id of `</s>`, which ends each text.
        cache_dir: Folder of the Arrow file, by default inside that of `datasets`.

    Returns:
        `TokenizedTexts`, in the order of the dataset.

    Raises:
        ValueError: `max_length` is below 1.
    """
    if max_length is not None and max_length < 1:
        raise ValueError(f"max_length: expected 1 or more, found {max_length}")

    def encode_batch(batch):
        ids = encode(batch["text"])
        return {"ids": ids, "length": [len(row) for row in ids]}

    folder = cache_folder(cache_dir)
    folder.mkdir(parents=True, exist_ok=True)
    key = key_of("texts", _VERSION, texts._fingerprint, str(fingerprint))
    features = {
        "ids": datasets.Sequence(datasets.Value("int32")),
        "length": datasets.Value("int32"),
    }
    # A progress bar is for those who have to wait.
    with contextlib.nullcontext() if len(texts) > 200_000 else quiet():
        ids = texts.select_columns("text").map(
            encode_batch,
            batched=True,
            remove_columns="text",
            features=datasets.Features(features),
            new_fingerprint=key,
            cache_file_name=str(folder / f"ids-{key}.arrow"),
        )
    return TokenizedTexts(texts, ids, max_length, end_id)
