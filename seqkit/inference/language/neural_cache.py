"""A memory of the text just read, which makes its words likelier to come again."""

from typing import Any

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

    If the memory is empty, at the beginning of a text, p is p_model. Nothing is
    learnt, so any trained model can have one.

    Args:
        interpolation: The λ, above 0 and below 1.
        flatness: The θ, at least 0. The larger it is, the more the most similar states
            dominate; 0 is a plain unigram cache.
        window: The W, in tokens.

    Raises:
        SeqkitError: A number is out of range.
    """

    def __init__(
        self, interpolation: float = 0.1, flatness: float = 0.3, window: int = 500
    ):
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

    def initial_state(self, batch_size: Any, hidden_dim: int) -> dict[str, Any]:
        """An empty memory for B rows."""
        return {
            "hidden": ops.zeros((batch_size, self.window, hidden_dim)),
            "token_ids": ops.zeros((batch_size, self.window), "int32"),
            "real": ops.zeros((batch_size, self.window), "bool"),
        }

    def mix(
        self,
        hidden: Any,
        targets: Any,
        weights: Any,
        scores: dict[str, Any],
        log_probs: Any,
        memory: dict[str, Any],
    ) -> tuple[Any, Any, dict[str, Any]]:
        """Scores targets with the memory, and adds them to it.

        Args:
            hidden: The h_t of a segment `[B, T, D]`.
            targets, weights: The tokens that followed `[B, T]`, and 0 where there is
                none to remember.
            scores, log_probs: The `token_scores` of the model's logits, and the
                log-probabilities `[B, T]` of the targets by the model.
            memory: The memory before the segment.

        Returns:
            Log-probabilities of the targets `[B, T]`, whether each is the likeliest
            token `[B, T]`, and the memory after the segment.
        """
        # N = W + T: the memory, then the segment itself.
        hidden = ops.cast(hidden, "float32")
        keys = ops.concatenate([memory["hidden"], hidden], axis=1)
        words = ops.concatenate([memory["token_ids"], targets], axis=1)
        real = ops.concatenate([memory["real"], weights > 0], axis=1)

        attention = self._attend(hidden, keys, real)  # [B, T, N]
        cached = self._spread(attention, words, scores["exponentials"])  # [B, T, V]
        total = ops.sum(attention, axis=-1, keepdims=True)  # 1, or 0 if empty
        share = self.interpolation * total
        mixed = (1 - share) * scores["exponentials"] / scores["total"] + share * cached

        # Both probabilities of a target may be too small for a float32, and that of the
        # memory may be 0; so their logarithms are added.
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
        """The weight of each position `[B, T, N]`; all 0 if the memory is empty."""
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
        """The attention `[B, T, N]` summed by word, `[B, T, V]`."""
        shape, vocabulary_size = ops.shape(like), like.shape[-1]
        rows = ops.arange(shape[0] * shape[1], dtype="int32") * vocabulary_size
        rows = ops.reshape(rows, (shape[0], shape[1], 1))
        flat = ops.reshape(rows + words[:, None], (-1, 1))
        size = shape[0] * shape[1] * vocabulary_size
        return ops.reshape(
            ops.scatter(flat, ops.reshape(attention, (-1,)), (size,)), shape
        )


def _choose(values, token_ids):
    """The values `[B, T]`, of values `[B, T, V]`, that belong to token ids."""
    chosen = ops.take_along_axis(values, token_ids[..., None], axis=-1)
    return ops.squeeze(chosen, axis=-1)
