"""The recurrent network that describes images, with attention or without."""

import keras
from keras import ops

from seqkit.layers.position_embedding import PositionEmbedding
from seqkit.layers.projection import position_wise
from seqkit.layers.tied_embedding import TiedEmbedding
from seqkit.models.captioner import Captioner
from seqkit.models.recurrent_decoder import RecurrentDecoder
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
    query is the state behind the step instead of the one before it, and the layers do
    not read z_t, so that in training all tokens of a caption run through them at once;
    with `input_feeding` they read a_{t-1}, and with it z_{t-1}, one step after another.

    In training the doubly stochastic penalty (equation 14) asks each region to be
    looked at once in the course of a caption:

        λ mean over images and s of (1 - sum over t of α_ts)^2

    over the tokens of the caption, padding left out. It is a mean where the paper has
    a sum, so that λ does not depend on the number of regions.

    With `attention=None` the image is in the initial state alone, of which Vinyals et
    al. 2015, arXiv:1411.4555, is a case: there the first input is the image.

    Args:
        vocabulary_size, feature_dim, num_regions, image_encoder: As in `Captioner`.
        cell: `"lstm"`, `"gru"` or `"rnn"`.
        num_layers: Recurrent layers.
        hidden_dim: Units of each layer and width of the embedding, D.
        attention: The score, as in `seqkit.layers.Attention`, or `None`.
        doubly_stochastic: The λ of the penalty; 0 leaves it out.
        gate: Whether a step can do without the image, β.
        deep_output: Whether the output sees the embedding of the token before.
        region_positions: Whether the model is told where a region is, p.
        input_feeding: Whether the decoder reads its last attentional vector.
        dropout: Fraction dropped from embeddings, between layers and before the output.
        feature_dropout: Fraction of the F features dropped, the same ones in all
            regions of an image; `dropout` by default.
        tie_embeddings: Whether the output layer shares the embedding.

    Inputs and outputs are those of `Captioner`. The memory is a dictionary: `"states"`,
    the decoder's initial states, and with attention `"sequence"` `[B, S, D]`.

    Raises:
        SeqkitError: `cell` or `attention` is unknown, or the features are of another
            shape.

    Example:

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.RecurrentCaptioner(
    ...     100, feature_dim=32, num_regions=9, hidden_dim=16)
    >>> inputs = {"encoder_features": np.ones((1, 9, 32), "float16"),
    ...           "decoder_token_ids": np.array([[2, 7]])}
    >>> tuple(model(inputs).shape)
    (1, 2, 100)
    >>> tuple(model.alignment(inputs).shape)
    (1, 2, 9)
    """

    def __init__(
        self,
        vocabulary_size,
        feature_dim=None,
        num_regions=None,
        cell="lstm",
        num_layers=1,
        hidden_dim=256,
        attention="additive",
        doubly_stochastic=1.0,
        gate=False,
        deep_output=True,
        region_positions=True,
        input_feeding=False,
        dropout=0.1,
        feature_dropout=None,
        tie_embeddings=True,
        image_encoder=None,
        **kwargs,
    ):
        super().__init__(
            vocabulary_size, feature_dim, num_regions, image_encoder, **kwargs
        )
        self.keep(locals(), but=("attention",))
        self.feature_dropout = dropout if feature_dropout is None else feature_dropout
        dtype = self.dtype_policy
        self.embedding = TiedEmbedding(
            vocabulary_size,
            hidden_dim,
            tie_embeddings,
            scale=True,
            name="embedding",
            dtype=dtype,
        )
        self.memory_projection = self.memory_norm = self.positions = None
        if attention is not None:
            self.memory_projection = keras.layers.Dense(hidden_dim, dtype=dtype)
            self.memory_norm = keras.layers.LayerNormalization(
                epsilon=1e-6, dtype=dtype
            )
            if region_positions:
                self.positions = PositionEmbedding(self.num_regions, dtype=dtype)
        self.mean_norm = keras.layers.LayerNormalization(epsilon=1e-6, dtype=dtype)
        self.bridges = self._make_bridges(cell, num_layers, hidden_dim)
        self.decoder = RecurrentDecoder(
            hidden_dim,
            cell=cell,
            num_layers=num_layers,
            attention=attention,
            input_feeding=input_feeding,
            dropout=dropout,
            gate=gate,
            deep_output=deep_output,
            dtype=dtype,
        )
        self.dropout_layer = keras.layers.Dropout(dropout, dtype=dtype)
        self.feature_dropout_layer = keras.layers.Dropout(
            self.feature_dropout, noise_shape=(None, 1, None), dtype=dtype
        )

    def build(self, input_shape=None):
        features, sequence = self.feature_dim, (None, None, self.hidden_dim)
        self._build_image_encoder()
        self.embedding.build()
        if self.memory_projection is not None:
            self.memory_projection.build((None, features))
            self.memory_norm.build(sequence)
        if self.positions is not None:
            self.positions.build(sequence)
        self.mean_norm.build((None, features))
        for bridge in self.bridges:
            bridge.build((None, features))
        self.decoder.build(sequence)
        self.built = True

    def encode(self, encoder_features, training=False):
        features = self._regions(encoder_features)
        mask = self._all_regions(features)
        features = self.feature_dropout_layer(features, training=training)
        # In half precision the sum over regions would be none.
        mean = ops.mean(ops.cast(features, "float32"), axis=1)
        mean = self.mean_norm(ops.cast(mean, self.compute_dtype))
        memory = {"states": self._bridge([mean] * len(self.bridges))}
        if self.memory_projection is not None:
            x = self.memory_norm(position_wise(self.memory_projection, features))
            if self.positions is not None:
                x = ops.add(x, ops.cast(self.positions(x), x.dtype))
            memory["sequence"] = x
        return memory, mask

    def call(self, inputs, training=False):
        memory, mask = self.encode_inputs(inputs, training=training)
        token_ids = inputs["decoder_token_ids"]
        logits, weights = self.decode(token_ids, memory, mask, training=training)
        if training and self.doubly_stochastic and weights is not None:
            penalty = doubly_stochastic_penalty(weights, self.padding_mask(token_ids))
            self.add_loss(self.doubly_stochastic * penalty)
        return logits


def doubly_stochastic_penalty(weights, mask):
    """How far each region is from being looked at once, a scalar of float32.

    Xu et al. 2015, arXiv:1502.03044, equation 14, as a mean over regions and captions.

    Args:
        weights: Attention `[B, T, S]`.
        mask: Boolean `[B, T]`, `True` = keep. A row without a step does not count.
    """
    weights = ops.where(mask[:, :, None], ops.cast(weights, "float32"), 0.0)
    missing = ops.mean(ops.square(1.0 - ops.sum(weights, axis=1)), axis=1)
    rows = ops.cast(ops.any(mask, axis=1), "float32")
    return ops.sum(missing * rows) / ops.maximum(ops.sum(rows), 1.0)
