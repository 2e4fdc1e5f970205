"""A text, or documents, as one array of token ids."""

import numpy as np

from seqkit.data.text.counts import TextCounts
from seqkit.special_ids import START_ID


class TokenStream:
    """A text, or documents one after the other, as one array of token ids.

    `tokenize_texts` makes one; arrays in memory can be given directly.

    Args:
        tokens: Integer array `[N]`.
        offsets: Integer array `[D + 1]` for documents: document d is
            `tokens[offsets[d] : offsets[d + 1]]`, `<s>` and `</s>` included. `None`
            for a stream.
        start_id: What a stream's first token is predicted from.
        counts: `TextCounts` of the text.
        rows: Integer array `[R, 3]`: where among the tokens each row of the dataset
            ends, its words, line or document ends counted as words, and its characters.

    Attributes:
        num_targets: Number of predicted tokens: all of a stream; all of a document but
            its `<s>`.
    """

    def __init__(
        self,
        tokens: np.ndarray,
        offsets: np.ndarray | None = None,
        *,
        start_id: int = START_ID,
        counts: TextCounts | None = None,
        rows: np.ndarray | None = None,
    ):
        self.tokens, self.offsets = tokens, offsets
        self.start_id, self.counts, self.rows = start_id, counts, rows
        self.num_targets = len(tokens) - (0 if offsets is None else len(offsets) - 1)

    def __len__(self) -> int:
        return len(self.tokens)
