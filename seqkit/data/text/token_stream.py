"""A text, or documents, as one array of token ids."""


class TokenStream:
    """A text, or documents one after the other, as one array of token ids.

    `tokenize_texts` makes one; of arrays in memory it is made directly.

    Args:
        tokens: Integer array `[N]`.
        offsets: Integer array `[D + 1]` where these are documents: document d is
            `tokens[offsets[d] : offsets[d + 1]]`, `<s>` and `</s>` included. `None`
            for a stream.
        start_id: What a stream's first token is predicted from.
        counts: `TextCounts` of the text.

    Attributes:
        num_targets: How many tokens are predicted: all of a stream; all of a document
            but its `<s>`.
    """

    def __init__(self, tokens, offsets=None, *, start_id=2, counts=None):
        self.tokens, self.offsets = tokens, offsets
        self.start_id, self.counts = start_id, counts
        self.num_targets = len(tokens) - (0 if offsets is None else len(offsets) - 1)

    def __len__(self):
        return len(self.tokens)
