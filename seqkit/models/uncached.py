"""Decoding for models that only know whole sequences."""

from typing import Any

from keras import ops

from seqkit.special_ids import PAD_ID


class UncachedSteps:
    """Makes a `DecodingModel` of any model from ids to logits.

    Every step runs the whole model on everything so far: right for every model that is
    called like a `Seq2Seq`, and slow. A fast model defines these methods itself.

    Args:
        model: A function of a dictionary of `"encoder_token_ids"` `[B, S]` and
            `"decoder_token_ids"` `[B, T]` that returns logits `[B, T, V]`, causal in
            the latter.
    """

    def __init__(self, model: Any):
        self.model = model

    def encode(self, encoder_token_ids: Any, training: bool = False) -> Any:
        return encoder_token_ids, ops.not_equal(encoder_token_ids, PAD_ID)

    def encode_inputs(self, inputs: dict[str, Any], training: bool = False) -> Any:
        return self.encode(inputs["encoder_token_ids"], training)

    def initial_state(
        self, memory: Any, mask: Any, num_beams: int, max_length: int
    ) -> Any:
        shape = (ops.shape(memory)[0], num_beams, max_length)
        return {
            "beams": {"decoder_token_ids": ops.zeros(shape, "int32")},
            "sentences": {"encoder_token_ids": memory},
        }

    def step(self, token_ids: Any, state: Any, index: Any) -> Any:
        written = state["beams"]["decoder_token_ids"]
        shape = ops.shape(written)
        here = ops.arange(shape[2], dtype="int32") == index
        written = ops.where(here, token_ids[:, :, None], written)
        logits = self.model(
            {
                "encoder_token_ids": ops.repeat(
                    state["sentences"]["encoder_token_ids"], written.shape[1], axis=0
                ),
                "decoder_token_ids": ops.reshape(written, (-1, shape[-1])),
            }
        )
        logits = ops.take(logits, index, axis=1)
        logits = ops.reshape(logits, (shape[0], shape[1], logits.shape[-1]))
        return logits, {**state, "beams": {"decoder_token_ids": written}}, None


def with_steps(model: Any) -> Any:
    """The model itself where it can decode in steps, else `UncachedSteps` of it."""
    return model if hasattr(model, "step") else UncachedSteps(model)
