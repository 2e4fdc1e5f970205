"""The form of every encoder-decoder model."""

import keras
from keras import ops

from seqkit.layers.configured import Configured
from seqkit.special_ids import PAD_ID


class Seq2Seq(Configured, keras.Model):
    """A model from source tokens to target tokens, in whole sequences or in steps.

    Called with a dictionary of `"encoder_token_ids"` `[B, S]` and `"decoder_token_ids"`
    `[B, T]` (int32, right-padded with 0, the latter starting with `<s>`), it returns
    the logits `[B, T, V]` of the token behind each decoder position. Masks are taken
    from the ids; nothing rests on masks that travel with tensors.

    A subclass gives four methods. `encode` and `decode` are the two halves of the call;
    `initial_state` and `step` are what `seqkit.decoding` drives, K hypotheses of each
    sentence side by side:

    - `encode(encoder_token_ids, training=False) -> memory [B, S, D], mask [B, S]`
    - `decode(decoder_token_ids, memory, mask, training=False)
      -> logits [B, T, V], attention [B, T, S] or None`; a memory of N rows serves
      B / N rows of ids each, in order
    - `initial_state(memory, mask, num_beams, max_length) -> state`
    - `step(token_ids [B, K], state, index) -> logits [B, K, V], state,
      attention [B, K, S] or None`
    """

    @staticmethod
    def padding_mask(token_ids):
        """Boolean `[B, S]`, `True` where there is a token."""
        return ops.not_equal(token_ids, PAD_ID)

    def call(self, inputs, training=False):
        memory, mask = self.encode_inputs(inputs, training=training)
        logits, _ = self.decode(
            inputs["decoder_token_ids"], memory, mask, training=training
        )
        return logits

    def alignment(self, inputs):
        """Attention `[B, T, S]` of each target position over the source, or `None`."""
        memory, mask = self.encode_inputs(inputs)
        return self.decode(inputs["decoder_token_ids"], memory, mask)[1]

    def encode_inputs(self, inputs, training=False):
        """`encode`, of what the inputs of the call have for it."""
        return self.encode(inputs["encoder_token_ids"], training=training)
