"""The Transformer that describes images."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.position_embedding import PositionEmbedding
from seqkit.layers.projection import position_wise
from seqkit.layers.repeated import run_blocks
from seqkit.layers.transformer_encoder import TransformerEncoder
from seqkit.models.captioner import Captioner
from seqkit.models.parts import build_all, norm
from seqkit.models.transformer_target import TransformerTarget


@keras.saving.register_keras_serializable(package="seqkit")
class TransformerCaptioner(TransformerTarget, Captioner):
    """Transformer blocks between regions, and a decoder that attends to them.

    With f_s the features of region s, the first block reads

        x_s = norm(W f_s + b) + p_s

    p_s being a learned vector for the place of region s (Dosovitskiy et al. 2020,
    arXiv:2010.11929, equation 1). Regions then attend to each other in
    `encoder_layers` blocks, pre-norm, with one more normalisation after the last; with
    none the decoder attends to the x_s. The decoder is that of `TransformerSeq2Seq`
    (Vaswani et al. 2017, arXiv:1706.03762).

    Args:
        vocabulary_size, feature_dim, num_regions, image_encoder: As in `Captioner`.
        num_layers, encoder_layers: Blocks of the decoder, and of regions.
        hidden_dim, num_heads: Width of the model, D, and attention heads, dividing it.
        intermediate_dim, dropout, attention_dropout: As in `TransformerSeq2Seq`.
        feature_dropout: As in `RecurrentCaptioner`.

    Inputs, outputs and errors are those of `Captioner`; the memory is `[B, S, D]`.

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
        vocabulary_size: int,
        feature_dim: int | None = None,
        num_regions: int | None = None,
        num_layers: int = 2,
        encoder_layers: int = 1,
        hidden_dim: int = 256,
        num_heads: int = 4,
        intermediate_dim: int | None = None,
        dropout: float = 0.1,
        attention_dropout: float = 0.0,
        feature_dropout: float | None = None,
        image_encoder: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            vocabulary_size, feature_dim, num_regions, image_encoder, **kwargs
        )
        self.keep(locals())
        self._make_embeddings()
        self._make_positions()
        self._make_feature_dropout()
        dtype = self.dtype_policy
        self.region_projection = keras.layers.Dense(hidden_dim, dtype=dtype)
        self.region_norm = norm(self)
        self.region_positions = PositionEmbedding(self.num_regions, dtype=dtype)
        self.encoder_blocks = self._blocks(TransformerEncoder, encoder_layers)
        self.encoder_norm = norm(self) if encoder_layers else None
        self._make_decoder()

    def build(self, input_shape: Any = None) -> None:
        self._build_image_encoder()
        self.region_projection.build((None, self.feature_dim))
        build_all(
            (None, None, self.hidden_dim),
            self.embedding,
            self.region_norm,
            self.region_positions,
            *self.encoder_blocks,
            self.encoder_norm,
            *self.decoder_blocks,
            self.decoder_norm,
        )
        self.built = True

    def encode(self, encoder_features: Any, training: bool = False) -> tuple[Any, Any]:
        features, mask = self._regions(encoder_features, training)
        x = self.region_norm(position_wise(self.region_projection, features))
        x = ops.add(x, ops.cast(self.region_positions(x), x.dtype))
        x = self.embedding_dropout(x, training=training)

        def call(block, x, _):
            return block(x, training=training), ()

        x, _ = run_blocks(self.encoder_blocks, call, x)
        return (x if self.encoder_norm is None else self.encoder_norm(x)), mask
