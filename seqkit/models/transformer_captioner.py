"""The Transformer that describes images."""

import keras
from keras import ops

from seqkit.layers.position_embedding import PositionEmbedding
from seqkit.layers.projection import position_wise
from seqkit.layers.sinusoidal_position_encoding import SinusoidalPositionEncoding
from seqkit.layers.tied_embedding import TiedEmbedding
from seqkit.layers.transformer_decoder import TransformerDecoder
from seqkit.layers.transformer_encoder import TransformerEncoder
from seqkit.models.captioner import Captioner
from seqkit.models.transformer_target import TransformerTarget


@keras.saving.register_keras_serializable(package="seqkit")
class TransformerCaptioner(TransformerTarget, Captioner):
    """Transformer blocks between regions, and a decoder that attends to them.

    With f_s the features of region s, the first block reads

        x_s = norm(W f_s + b) + p_s

    p_s being a learned vector for the place of region s (Dosovitskiy et al. 2020,
    arXiv:2010.11929, equation 1). Regions then attend to each other in
    `encoder_layers` blocks, pre-norm, with one more normalisation behind the last; with
    none the decoder attends to the x_s. The decoder is that of `TransformerSeq2Seq`
    (Vaswani et al. 2017, arXiv:1706.03762).

    Args:
        vocabulary_size, feature_dim, num_regions, image_encoder: As in `Captioner`.
        num_layers: Blocks of the decoder.
        encoder_layers: Blocks of regions.
        hidden_dim: Width of the model, D.
        num_heads: Attention heads; divides `hidden_dim`.
        intermediate_dim: Size of the feed-forward layers.
        dropout: Fraction dropped from embeddings and from each half of each block.
        attention_dropout: Fraction of the attention weights dropped.
        feature_dropout: Fraction of the F features dropped, the same ones in all
            regions of an image; `dropout` by default.

    Inputs and outputs are those of `Captioner`; the memory is a tensor `[B, S, D]`.

    Raises:
        SeqkitError: The features are of another shape.

    Example:

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.TransformerCaptioner(
    ...     100, feature_dim=32, num_regions=9, num_layers=1, hidden_dim=16,
    ...     num_heads=2, intermediate_dim=32)
    >>> inputs = {"encoder_features": np.ones((1, 9, 32), "float16"),
    ...           "decoder_token_ids": np.array([[2, 7]])}
    >>> tuple(model(inputs).shape)
    (1, 2, 100)
    """

    def __init__(
        self,
        vocabulary_size,
        feature_dim=None,
        num_regions=None,
        num_layers=2,
        encoder_layers=1,
        hidden_dim=256,
        num_heads=4,
        intermediate_dim=1024,
        dropout=0.1,
        attention_dropout=0.0,
        feature_dropout=None,
        image_encoder=None,
        **kwargs,
    ):
        super().__init__(
            vocabulary_size, feature_dim, num_regions, image_encoder, **kwargs
        )
        self.keep(locals())
        self.feature_dropout = dropout if feature_dropout is None else feature_dropout
        dtype = self.dtype_policy

        def norm():
            return keras.layers.LayerNormalization(epsilon=1e-6, dtype=dtype)

        self.embedding = TiedEmbedding(
            vocabulary_size, hidden_dim, scale=True, name="embedding", dtype=dtype
        )
        self.positions = SinusoidalPositionEncoding(dtype=dtype)
        self.embedding_dropout = keras.layers.Dropout(dropout, dtype=dtype)
        self.feature_dropout_layer = keras.layers.Dropout(
            self.feature_dropout, noise_shape=(None, 1, None), dtype=dtype
        )
        self.region_projection = keras.layers.Dense(hidden_dim, dtype=dtype)
        self.region_norm = norm()
        self.region_positions = PositionEmbedding(self.num_regions, dtype=dtype)
        block = {
            "num_heads": num_heads,
            "intermediate_dim": intermediate_dim,
            "dropout": dropout,
            "attention_dropout": attention_dropout,
            "dtype": dtype,
        }
        self.encoder_blocks = [
            TransformerEncoder(**block) for _ in range(encoder_layers)
        ]
        self.encoder_norm = norm() if encoder_layers else None
        self.decoder_blocks = [TransformerDecoder(**block) for _ in range(num_layers)]
        self.decoder_norm = norm()

    def build(self, input_shape=None):
        sequence = (None, None, self.hidden_dim)
        self._build_image_encoder()
        self.embedding.build()
        self.region_projection.build((None, self.feature_dim))
        self.region_norm.build(sequence)
        self.region_positions.build(sequence)
        for block in self.encoder_blocks:
            block.build(sequence)
        if self.encoder_norm is not None:
            self.encoder_norm.build(sequence)
        for block in self.decoder_blocks:
            block.build(sequence, sequence)
        self.decoder_norm.build(sequence)
        self.built = True

    def encode(self, encoder_features, training=False):
        features = self._regions(encoder_features)
        mask = self._all_regions(features)
        features = self.feature_dropout_layer(features, training=training)
        x = self.region_norm(position_wise(self.region_projection, features))
        x = ops.add(x, ops.cast(self.region_positions(x), x.dtype))
        x = self.embedding_dropout(x, training=training)
        for block in self.encoder_blocks:
            x = block(x, training=training)
        return (x if self.encoder_norm is None else self.encoder_norm(x)), mask
