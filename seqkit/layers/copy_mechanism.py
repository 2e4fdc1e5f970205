"""Copying words of the source into the output, unknown ones too."""

from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.configured import Layer, no_mask
from seqkit.layers.projection import project

LOWEST = -6e4  # for log 0; float16 can hold it


@keras.saving.register_keras_serializable(package="seqkit")
class CopyMechanism(Layer):
    """The pointer-generator: a word is generated, or copied from the source.

        p_gen = sigmoid(w_h · context + w_s · state + w_x · inputs + b)
        P(w)  = p_gen P_vocabulary(w) + (1 - p_gen) sum over s with w_s = w of a_s

    (See, Liu and Manning 2017, arXiv:1704.04368, equations 8 and 9), with a the
    attention weights and w_s the source words.

    P is over an extended vocabulary: the V known words, then the unknown words of the
    source. `source_ids[b, s]` is the word's id if it is known, else `V + n`, where n =
    0, 1, ... numbers the unknown words of row b in the order in which they first appear
    (the same word, the same number). Targets are numbered alike. For the decoder's
    embedding, replace ids from V on by the unknown word's. Ids of `V + max_extra` or
    more are lost; the data should use the unknown word's id instead.

    Args:
        max_extra: The most unknown words that one source may have.
        kernel_initializer, bias_initializer: Of `w_h`, `w_s` and `w_x`, and of b;
            above 0 it begins by generating more.

    Call arguments:
        logits: Tensor `[B, T, V]`, whose softmax is P_vocabulary.
        attention_weights: Tensor `[B, T, S]`.
        source_ids: Integer tensor `[B, S]`, as above.
        context: Tensor `[B, T, E]`, what the attention found.
        state: Tensor `[B, T, D]`, the decoder's output or state.
        inputs: Tensor `[B, T, X]`, the decoder's inputs.
        memory_mask: Boolean tensor `[B, S]`, `True` = keep; nothing else is copied.

    Returns:
        Log-probabilities `[B, T, V + max_extra]`, for a loss with `from_logits=True`,
        computed in float32. A word that can be neither generated nor copied has about
        -60000, a probability of 0.

    Raises:
        SeqkitError: `max_extra` is below 0, or `attention_weights` and `source_ids`
            have different lengths.

    Example: the source holds word 1, an unknown word and word 1 again.

    >>> import numpy as np, keras, seqkit
    >>> layer = seqkit.layers.CopyMechanism(1, kernel_initializer="zeros")
    >>> vector = np.ones((1, 1, 4))
    >>> probabilities = keras.ops.exp(layer(
    ...     np.zeros((1, 1, 3)), np.array([[[0.2, 0.5, 0.3]]]), np.array([[1, 3, 1]]),
    ...     vector, vector, vector))
    >>> [round(float(p), 3) for p in probabilities[0, 0]]
    [0.167, 0.417, 0.167, 0.25]
    """

    compute_mask = no_mask

    def __init__(
        self,
        max_extra: int,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        if max_extra < 0:
            raise SeqkitError(
                f"max_extra: expected the most unknown words of a source, 0 or more, "
                f"found {max_extra}."
            )

    def build(
        self,
        logits_shape: Any,
        attention_weights_shape: Any,
        source_ids_shape: Any,
        context_shape: Any,
        state_shape: Any,
        inputs_shape: Any,
    ) -> None:
        lengths = attention_weights_shape[2], source_ids_shape[1]
        if None not in lengths and lengths[0] != lengths[1]:
            raise SeqkitError(
                "attention_weights, source_ids: expected one source length, [B, T, S] "
                f"and [B, S], found {attention_weights_shape} and {source_ids_shape}. "
                "Give the ids of the source that the attention saw."
            )
        shapes = {"context": context_shape, "state": state_shape}
        for name, shape in (shapes | {"inputs": inputs_shape}).items():
            self._add(f"{name}_kernel", (shape[-1], 1))
        self._add("bias", (), self.bias_initializer)
        self.built = True

    def generation_probability(self, context: Any, state: Any, inputs: Any) -> Any:
        """How much is generated rather than copied: p_gen, float32 `[B, T]`."""
        return ops.sigmoid(self._generation_logit(context, state, inputs))[..., 0]

    def generated(self, logits: Any, context: Any, state: Any, inputs: Any) -> Any:
        """The log of `p_gen P_vocabulary(w)`, float32 `[B, T, V + max_extra]`."""
        return self._generated(logits, self._generation_logit(context, state, inputs))

    def _generated(self, logits, generate):
        logits = ops.cast(logits, "float32")
        return ops.pad(
            ops.log_sigmoid(generate) + ops.log_softmax(logits),
            ((0, 0), (0, 0), (0, self.max_extra)),
            constant_values=LOWEST,
        )

    def _generation_logit(self, context, state, inputs):
        seen = {"context": context, "state": state, "inputs": inputs}
        logit = ops.cast(self.bias, "float32")
        for name, x in seen.items():
            kernel = getattr(self, f"{name}_kernel")
            logit = logit + project(ops.cast(x, "float32"), kernel)
        return logit  # [B, T, 1]

    def _copied(self, weights, source_ids, memory_mask, size):
        """The attention to each word of the extended vocabulary, `[B, T, size]`."""
        source_ids = ops.cast(source_ids, "int32")
        copied = ops.logical_and(source_ids >= 0, source_ids < size)
        if memory_mask is not None:
            copied = ops.logical_and(copied, memory_mask)
        weights = ops.where(copied[:, None, :], ops.cast(weights, "float32"), 0.0)
        # Row b of the batch has the segments b * size, ..., (b + 1) * size - 1.
        batch_size, num_steps, length = ops.shape(weights)
        rows = ops.arange(batch_size, dtype="int32")[:, None] * size
        segments = ops.where(copied, source_ids, 0) + rows
        sums = ops.segment_sum(
            ops.reshape(ops.transpose(weights, (0, 2, 1)), (-1, num_steps)),
            ops.reshape(segments, (-1,)),
            num_segments=batch_size * size,
        )
        sums = ops.reshape(sums, (batch_size, size, num_steps))
        return ops.transpose(sums, (0, 2, 1))

    def call(
        self,
        logits: Any,
        attention_weights: Any,
        source_ids: Any,
        context: Any,
        state: Any,
        inputs: Any,
        memory_mask: Any = None,
    ) -> Any:
        generate = self._generation_logit(context, state, inputs)
        generated = self._generated(logits, generate)
        size = logits.shape[-1] + self.max_extra
        copied = self._copied(attention_weights, source_ids, memory_mask, size)
        # The logarithm of 0 is never taken: its gradient would be NaN.
        positive = copied > 0
        copied = ops.log(ops.where(positive, copied, 1.0))
        copied = ops.log_sigmoid(-generate) + copied
        copied = ops.where(positive, copied, LOWEST)
        # log(exp(generated) + exp(copied)), with the larger of both factored out.
        largest = ops.stop_gradient(ops.maximum(generated, copied))
        total = ops.exp(generated - largest) + ops.exp(copied - largest)
        return ops.cast(ops.log(total) + largest, self.compute_dtype)

    def compute_output_shape(self, logits_shape: Any) -> Any:
        return (*logits_shape[:2], logits_shape[2] + self.max_extra)
