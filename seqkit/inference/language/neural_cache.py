"""What was written a while ago is likelier to be written again."""

from keras import ops

from seqkit.errors import SeqkitError


class NeuralCache:
    """Mixes a language model with a memory of the text just read.

    The memory holds, of the last W positions i, the hidden state h_i and the token
    x_{i+1} that followed. It gives a token w the probability (Grave et al. 2017,
    arXiv:1612.04426, equation 2)

        p_cache(w | h_t) ∝ Σ_{t-W ≤ i < t} 1{w = x_{i+1}} exp(θ h_t·h_i)

    and is interpolated with the model (equation 3)

        p(w) = (1 - λ) p_model(w) + λ p_cache(w).

    Where the memory is empty, at the beginning of a text, p is p_model. It learns
    nothing: any trained model takes one.

    Args:
        interpolation: The λ, above 0 and below 1.
        flatness: The θ, at least 0; the larger, the more only the most similar states
            count, and 0 is a plain unigram cache.
        window: The W, in tokens.

    Raises:
        SeqkitError: A number is out of range.
    """

    def __init__(self, interpolation=0.1, flatness=0.3, window=500):
        for name, number, right, expected in (
            ("interpolation", interpolation, 0 < interpolation < 1, "between 0 and 1"),
            ("flatness", flatness, flatness >= 0, "at least 0"),
            ("window", window, window >= 1, "at least 1"),
        ):
            if not right:
                raise SeqkitError(
                    f"neural cache, {name}: expected {expected}, found {number}"
                )
        self.interpolation, self.flatness = interpolation, flatness
        self.window = window

    def initial_state(self, batch_size, hidden_dim):
        """An empty memory for B rows."""
        return {
            "hidden": ops.zeros((batch_size, self.window, hidden_dim)),
            "token_ids": ops.zeros((batch_size, self.window), "int32"),
            "real": ops.zeros((batch_size, self.window), "bool"),
        }

    def mix(self, hidden, targets, weights, scores, log_probs, memory):
        """Scores targets with the memory, and remembers them.

        Args:
            hidden: The h_t of a segment `[B, T, D]`.
            targets: The tokens that followed `[B, T]`.
            weights: `[B, T]`, 0 where there is no token; such are not remembered.
            scores: What `token_scores` says of the model's logits.
            log_probs: Log-probabilities `[B, T]` of the targets by the model.
            memory: That before the segment.

        Returns:
            Log-probabilities of the targets `[B, T]`, whether each is the likeliest
            token `[B, T]`, and the memory after the segment.
        """
        # N = W + T: the memory, and behind it the segment itself.
        hidden = ops.cast(hidden, "float32")
        keys = ops.concatenate([memory["hidden"], hidden], axis=1)
        words = ops.concatenate([memory["token_ids"], targets], axis=1)
        real = ops.concatenate([memory["real"], weights > 0], axis=1)

        attention = self._attend(hidden, keys, real)  # [B, T, N]
        cached = self._spread(attention, words, scores["exponentials"])  # [B, T, V]
        total = ops.sum(attention, axis=-1, keepdims=True)  # 1, or 0 if empty
        share = self.interpolation * total
        mixed = (1 - share) * scores["exponentials"] / scores["total"] + share * cached

        # Both probabilities of a target may be too small for a float32, or that of the
        # memory be none: their logarithms are not.
        chosen = _choose(cached, targets)
        share = ops.squeeze(share, axis=-1)
        found = chosen > 0
        from_model = log_probs + ops.log(1 - share)
        from_cache = ops.log(ops.where(found, share * chosen, 1.0))
        both = ops.logaddexp(from_model, from_cache)
        correct = _choose(mixed, targets) >= ops.max(mixed, axis=-1)
        memory = {
            "hidden": keys[:, -self.window :],
            "token_ids": words[:, -self.window :],
            "real": real[:, -self.window :],
        }
        return ops.where(found, both, from_model), correct, memory

    def _attend(self, hidden, keys, real):
        """How much of each position counts `[B, T, N]`; all 0 where none is."""
        similarity = self.flatness * ops.einsum("btd,bnd->btn", hidden, keys)
        place = ops.arange(ops.shape(keys)[1], dtype="int32")
        row = ops.arange(ops.shape(hidden)[1], dtype="int32")[:, None]
        seen = ops.logical_and(place >= row, place < row + self.window)
        seen = ops.logical_and(seen, real[:, None])
        similarity = ops.where(seen, similarity, -1e30)
        highest = ops.max(similarity, axis=-1, keepdims=True)
        weights = ops.where(seen, ops.exp(similarity - highest), 0.0)
        return ops.divide_no_nan(weights, ops.sum(weights, axis=-1, keepdims=True))

    def _spread(self, attention, words, like):
        """The attention `[B, T, N]` summed up by word, `[B, T, V]`."""
        shape, vocabulary_size = ops.shape(like), like.shape[-1]
        rows = ops.arange(shape[0] * shape[1], dtype="int32") * vocabulary_size
        rows = ops.reshape(rows, (shape[0], shape[1], 1))
        flat = ops.reshape(rows + words[:, None], (-1, 1))
        size = shape[0] * shape[1] * vocabulary_size
        return ops.reshape(
            ops.scatter(flat, ops.reshape(attention, (-1,)), (size,)), shape
        )


def _choose(values, token_ids):
    """Of values `[B, T, V]` those of one token each, `[B, T]`."""
    chosen = ops.take_along_axis(values, token_ids[..., None], axis=-1)
    return ops.squeeze(chosen, axis=-1)
