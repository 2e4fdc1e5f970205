"""Texts with labels to token ids, once, in a memory-mapped cache."""

from collections.abc import Iterable
from typing import Any

import datasets
import numpy as np

from seqkit.data.annotations import Encode, FilePath
from seqkit.data.batching.encoding import encode_columns
from seqkit.special_ids import END_ID


class TokenizedTexts:
    """Texts as token ids, memory-mapped, with labels; made by `tokenize_labelled`.

    The ids of a text end with `</s>`, so even an empty text has one token. A text
    longer than `max_length` is cut to its first `max_length` tokens.

    Attributes:
        lengths: Integer array `[N]`, tokens of each text as cut, `</s>` included.
        over_length: Number of texts that are cut.
        max_length: The greatest number of tokens, or `None`.
        end_id: Id of `</s>`.
    """

    def __init__(
        self,
        texts: datasets.Dataset,
        ids: Any,
        lengths: np.ndarray,
        max_length: int | None,
        end_id: int,
    ):
        self._texts, self._ids = texts, ids
        most = lengths.max(initial=1) if max_length is None else max_length
        self.over_length = int((lengths > most).sum())
        self.lengths = np.minimum(lengths, most)
        self.max_length, self.end_id = max_length, end_id

    def __len__(self) -> int:
        return len(self.lengths)

    def token_ids(self, rows: Any) -> list[np.ndarray]:
        """Ids of some rows: a list of integer arrays."""
        return self.ended(self._ids[rows]["text"])

    def ended(self, ids: Iterable[Any]) -> list[np.ndarray]:
        """Other encodings of texts, ended and cut like these."""
        return [np.append(row, self.end_id)[: self.max_length] for row in ids]

    def texts(self, rows: Any = slice(None)) -> list[str]:
        """Some rows as text: a list."""
        return list(self._texts[rows]["text"])

    def labels(self, rows: Any = slice(None)) -> list[list[str]]:
        """Labels of some rows: a list of lists of strings."""
        return list(self._texts[rows]["labels"])


def tokenize_labelled(
    texts: datasets.Dataset,
    encode: Encode,
    *,
    fingerprint: Any,
    max_length: int | None = None,
    end_id: int = END_ID,
    cache_dir: FilePath | None = None,
) -> TokenizedTexts:
    """Encodes the texts of a dataset of texts with labels.

    Each text is encoded once; the ids are kept in an Arrow file and mapped into memory,
    so a corpus may be larger than memory and a second start encodes nothing.

    Args:
        texts: A `datasets.Dataset` with the columns `text` and `labels`, as
            `load_labelled` returns.
        encode: Callable from N texts to N lists of ids.
        fingerprint: Identifies `encode`, such as a hash of its model.
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
    ids, lengths = encode_columns(texts, {"text": encode}, fingerprint, cache_dir)
    return TokenizedTexts(texts, ids, lengths[:, 0] + 1, max_length, end_id)
