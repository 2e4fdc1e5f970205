"""The recurrent network that describes images, with attention or without."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.position_embedding import PositionEmbedding
from seqkit.layers.projection import position_wise
from seqkit.models.captioner import Captioner
from seqkit.models.parts import build_all, norm
from seqkit.models.recurrent_target import RecurrentTarget


@keras.saving.register_keras_serializable(package="seqkit")
class RecurrentCaptioner(RecurrentTarget, Captioner):
    """Show, attend and tell: a recurrent decoder that looks at regions of an image.

    Xu et al. 2015, arXiv:1502.03044. With f_s the features of region s of S and n a
    layer normalisation, which makes the model indifferent to the scale of features,

        m_s      = n(W_m f_s + b_m) + p_s
        h_0      = tanh(W_h n(mean_s f_s) + b_h),   of an LSTM also
        c_0      = W_c n(mean_s f_s) + b_c                    (section 3.1.2)
        h_t      = the recurrent layers, reading the embedding e_t of token t
        α_t      = softmax over s of score(h_t, m_s)          (equations 4 and 5)
        z_t      = β_t sum over s of α_ts m_s,   β_t = sigmoid(w · h_t + b)
        a_t      = tanh(W [z_t; h_t; e_t] + b)                (as equation 7)
        logits_t = E a_t

    p_s is a learned vector for the place of region s; β_t is 1 without `gate`
    (section 4.2.1), and e_t is left out of a_t without `deep_output`. Unlike there, the
    query is the state after the step instead of the one before it, and the layers do
    not read z_t, so in training all tokens of a caption run through them at once;
    with `input_feeding` they read a_{t-1}, and with it z_{t-1}, one step after another.

    In training the doubly stochastic penalty (equation 14) asks for each region to be
    looked at once in the course of a caption:

        λ mean over images and s of (1 - sum over t of α_ts)^2

    over the tokens of the caption without padding. It is a mean where the paper has a
    sum, so that λ does not depend on the number of regions.

    With `attention=None` the image is in the initial state alone, as in Vinyals et al.
    2015, arXiv:1411.4555, where it is the first input.

    Args:
        vocabulary_size, feature_dim, num_regions, image_encoder: As in `Captioner`.
        cell, num_layers, implementation: As in `seqkit.layers.RecurrentStack`.
        hidden_dim, attention, dropout: As in `RecurrentSeq2Seq`.
        doubly_stochastic: The λ of the penalty; 0 leaves it out.
        region_positions: Whether the model knows where a region is, p.
        feature_dropout: Fraction of the F features dropped, the same ones in all
            regions of an image; `dropout` by default.

    Inputs, outputs and errors are those of `Captioner`. The memory is a dictionary:
    `"states"`, the decoder's first, and with attention `"sequence"` `[B, S, D]`.

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.RecurrentCaptioner(
    ...     100, feature_dim=32, num_regions=9, hidden_dim=16)
    >>> inputs = {"encoder_features": np.ones((1, 9, 32), "float16"),
    ...           "decoder_token_ids": np.array([[2, 7]])}
    >>> tuple(model(inputs).shape)
    (1, 2, 100)
    """

    def __init__(
        self,
        vocabulary_size: int,
        feature_dim: int | None = None,
        num_regions: int | None = None,
        cell: str = "lstm",
        num_layers: int = 1,
        hidden_dim: int = 256,
        attention: Any = "additive",
        doubly_stochastic: float = 1.0,
        gate: bool = False,
        deep_output: bool = True,
        region_positions: bool = True,
        input_feeding: bool = False,
        dropout: float = 0.1,
        feature_dropout: float | None = None,
        tie_embeddings: bool = True,
        image_encoder: Any = None,
        implementation: str | int = "auto",
        **kwargs: Any,
    ):
        super().__init__(
            vocabulary_size, feature_dim, num_regions, image_encoder, **kwargs
        )
        self.keep(locals(), but=("attention",))
        dtype = self.dtype_policy
        self._make_embeddings(tie_embeddings)
        self.memory_projection: Any = None
        self.memory_norm: Any = None
        self.positions: Any = None
        if attention is not None:
            self.memory_projection = keras.layers.Dense(hidden_dim, dtype=dtype)
            self.memory_norm = norm(self)
            if region_positions:
                self.positions = PositionEmbedding(self.num_regions, dtype=dtype)
        self.mean_norm = norm(self)
        self._make_decoder(attention, gate=gate, deep_output=deep_output)
        self._make_feature_dropout()

    def build(self, input_shape: Any = None) -> None:
        sequence, mean = (None, None, self.hidden_dim), (None, self.feature_dim)
        self._build_image_encoder()
        build_all(mean, self.memory_projection, self.mean_norm, *self.bridges)
        build_all(
            sequence, self.embedding, self.memory_norm, self.positions, self.decoder
        )
        self.built = True

    def encode(
        self, encoder_features: Any, training: bool = False
    ) -> tuple[dict[str, Any], Any]:
        features, mask = self._regions(encoder_features, training)
        # Half precision cannot add up many regions.
        mean = ops.mean(ops.cast(features, "float32"), axis=1)
        mean = self.mean_norm(ops.cast(mean, self.compute_dtype))
        memory = {"states": self._bridge([mean] * len(self.bridges))}
        if self.memory_projection is not None:
            x = self.memory_norm(position_wise(self.memory_projection, features))
            if self.positions is not None:
                x = ops.add(x, ops.cast(self.positions(x), x.dtype))
            memory["sequence"] = x
        return memory, mask

    def call(self, inputs: dict[str, Any], training: bool = False) -> Any:
        memory, mask = self.encode_inputs(inputs, training=training)
        token_ids = inputs["decoder_token_ids"]
        logits, weights = self.decode(token_ids, memory, mask, training=training)
        if training and self.doubly_stochastic and weights is not None:
            mask = self.padding_mask(token_ids)
            penalty = doubly_stochastic_penalty(weights, mask)
            rows = ops.any(mask, axis=1)
            self.add_loss(self.doubly_stochastic * penalty, weights=rows)
        return logits


def doubly_stochastic_penalty(weights: Any, mask: Any) -> Any:
    """Equation 14 of the paper as a mean: a float32 scalar of weights `[B, T, S]`."""
    weights = ops.where(mask[:, :, None], ops.cast(weights, "float32"), 0.0)
    missing = ops.mean(ops.square(1.0 - ops.sum(weights, axis=1)), axis=1)
    rows = ops.cast(ops.any(mask, axis=1), "float32")
    return ops.sum(missing * rows) / ops.maximum(ops.sum(rows), 1.0)
