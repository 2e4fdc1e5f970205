"""What every encoder-decoder model has in common."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.configured import Configured
from seqkit.layers.tied_embedding import TiedEmbedding
from seqkit.models.added_losses import AddedLosses
from seqkit.models.copying import Copying
from seqkit.models.summary import Specs, Summarized
from seqkit.special_ids import PAD_ID


class Seq2Seq(Copying, AddedLosses, Summarized, Configured, keras.Model):
    """A model from source tokens to target tokens, in whole sequences or in steps.

    Called with a dictionary of `"encoder_token_ids"` `[B, S]` and `"decoder_token_ids"`
    `[B, T]` (int32, right-padded with 0, the latter starting with `<s>`), it returns
    the logits `[B, T, V]` of the token after each decoder position. Masks are computed
    from the ids; masks attached to tensors are not used.

    A subclass defines four methods. `encode` and `decode` are the two halves of the
    call; `initial_state` and `step` are what `seqkit.decoding` drives (a
    `DecodingModel`), K hypotheses of each sentence side by side:

    With `copy` ids may also stand for unknown words of the source, see `Copying`, and
    `encode_inputs` puts the memory into a dictionary with `"source_ids"`.

    - `encode(encoder_token_ids, training=False) -> memory [B, S, D], mask [B, S]`
    - `decode(decoder_token_ids, memory, mask, training=False) -> logits [B, T, V],
      attention [B, T, S] or None`; each of N memories serves B / N rows in order
    - `initial_state(memory, mask, num_beams, max_length) -> state`
    - `step(token_ids [B, K], state, index) -> logits [B, K, V], state,
      attention [B, K, S] or None`
    """

    source_vocabulary_size: int | None = None

    def _make_embeddings(self, tie_weights=True):
        """`embedding` for the target, and `source_embedding` if the source has one."""
        options = {"scale": True, "dtype": self.dtype_policy}
        self.embedding = TiedEmbedding(
            self.vocabulary_size,
            self.hidden_dim,
            tie_weights,
            name="embedding",
            **options,
        )
        self.source_embedding = None
        if self.source_vocabulary_size:
            self.source_embedding = TiedEmbedding(
                self.source_vocabulary_size,
                self.hidden_dim,
                name="source_embedding",
                **options,
            )

    def example_inputs(self) -> Specs:
        ids = (None, None), "int32"
        return {"encoder_token_ids": ids, "decoder_token_ids": ids}

    @staticmethod
    def padding_mask(token_ids: Any) -> Any:
        """Boolean `[B, S]`, `True` where there is a token."""
        return ops.not_equal(token_ids, PAD_ID)

    def call(self, inputs: dict[str, Any], training: bool = False) -> Any:
        memory, mask = self.encode_inputs(inputs, training=training)
        token_ids = inputs["decoder_token_ids"]
        logits, weights = self.decode(token_ids, memory, mask, training=training)
        if training:
            self.add_coverage_loss(weights, token_ids)
        return logits

    def alignment(self, inputs: dict[str, Any]) -> Any:
        """Attention `[B, T, S]` of each target position over the source, or `None`."""
        memory, mask = self.encode_inputs(inputs)
        return self.decode(inputs["decoder_token_ids"], memory, mask)[1]

    def encode_inputs(
        self, inputs: dict[str, Any], training: bool = False
    ) -> tuple[Any, Any]:
        """`encode`, applied to the inputs of the call that it reads."""
        ids = inputs["encoder_token_ids"]
        memory, mask = self.encode(self.known(ids), training=training)
        if self.copying is None:
            return memory, mask
        memory = memory if isinstance(memory, dict) else {"sequence": memory}
        return {**memory, "source_ids": ids}, mask
