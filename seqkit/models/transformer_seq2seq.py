"""The Transformer that translates."""

import keras

from seqkit.layers.sinusoidal_position_encoding import SinusoidalPositionEncoding
from seqkit.layers.tied_embedding import TiedEmbedding
from seqkit.layers.transformer_decoder import TransformerDecoder
from seqkit.layers.transformer_encoder import TransformerEncoder
from seqkit.models.seq2seq import Seq2Seq
from seqkit.models.transformer_target import TransformerTarget


@keras.saving.register_keras_serializable(package="seqkit")
class TransformerSeq2Seq(TransformerTarget, Seq2Seq):
    """Encoder-decoder Transformer, pre-norm, with sinusoidal positions.

    Vaswani et al. 2017, arXiv:1706.03762. The embedding is multiplied by sqrt(D) and
    shared: between source and target with one vocabulary, and with the output layer.

    Args:
        vocabulary_size: Number of target tokens, V.
        source_vocabulary_size: Number of source tokens, where the source has a
            vocabulary of its own; by default both sides share one embedding.
        num_layers: Blocks of the encoder, and as many of the decoder.
        hidden_dim: Width of the model, D.
        num_heads: Attention heads; divides `hidden_dim`.
        intermediate_dim: Size of the feed-forward layers.
        dropout: Fraction dropped from embeddings and from each half of each block.
        attention_dropout: Fraction of the attention weights dropped.

    Inputs and outputs are those of `Seq2Seq`.

    Example:

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.TransformerSeq2Seq(
    ...     100, num_layers=1, hidden_dim=16, num_heads=2, intermediate_dim=32)
    >>> ids = {"encoder_token_ids": np.array([[5, 6, 3]]),
    ...        "decoder_token_ids": np.array([[2, 7]])}
    >>> tuple(model(ids).shape)
    (1, 2, 100)
    """

    def __init__(
        self,
        vocabulary_size,
        source_vocabulary_size=None,
        num_layers=3,
        hidden_dim=256,
        num_heads=4,
        intermediate_dim=1024,
        dropout=0.1,
        attention_dropout=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        dtype = self.dtype_policy

        def embedding(size, name):
            return TiedEmbedding(size, hidden_dim, scale=True, name=name, dtype=dtype)

        self.embedding = embedding(vocabulary_size, "embedding")
        self.source_embedding = (
            embedding(source_vocabulary_size, "source_embedding")
            if source_vocabulary_size
            else None
        )
        self.positions = SinusoidalPositionEncoding(dtype=dtype)
        self.embedding_dropout = keras.layers.Dropout(dropout, dtype=dtype)
        block = {
            "num_heads": num_heads,
            "intermediate_dim": intermediate_dim,
            "dropout": dropout,
            "attention_dropout": attention_dropout,
            "dtype": dtype,
        }
        self.encoder_blocks = [TransformerEncoder(**block) for _ in range(num_layers)]
        self.decoder_blocks = [TransformerDecoder(**block) for _ in range(num_layers)]
        self.encoder_norm = keras.layers.LayerNormalization(epsilon=1e-6, dtype=dtype)
        self.decoder_norm = keras.layers.LayerNormalization(epsilon=1e-6, dtype=dtype)

    def build(self, input_shape=None):
        sequence = (None, None, self.hidden_dim)
        self.embedding.build()
        if self.source_embedding is not None:
            self.source_embedding.build()
        for block in self.encoder_blocks:
            block.build(sequence)
        for block in self.decoder_blocks:
            block.build(sequence, sequence)
        self.encoder_norm.build(sequence)
        self.decoder_norm.build(sequence)
        self.built = True

    def encode(self, encoder_token_ids, training=False):
        mask = self.padding_mask(encoder_token_ids)
        embedding = self.source_embedding or self.embedding
        x = self._embed(embedding, encoder_token_ids, training=training)
        for block in self.encoder_blocks:
            x = block(x, padding_mask=mask, training=training)
        return self.encoder_norm(x), mask
