"""The Transformer that translates."""

from typing import Any

import keras

from seqkit.layers.repeated import run_blocks
from seqkit.layers.transformer_encoder import TransformerEncoder
from seqkit.models.parts import build_all, norm
from seqkit.models.seq2seq import Seq2Seq
from seqkit.models.transformer_target import TransformerTarget


@keras.saving.register_keras_serializable(package="seqkit")
class TransformerSeq2Seq(TransformerTarget, Seq2Seq):
    """Encoder-decoder Transformer, pre-norm, with sinusoidal positions.

    Vaswani et al. 2017, arXiv:1706.03762. The embedding is multiplied by sqrt(D) and
    shared: between source and target if they have one vocabulary, and with the output
    layer.

    Args:
        vocabulary_size: Number of target tokens, V.
        source_vocabulary_size: Number of source tokens, if the source has a vocabulary
            of its own; by default both sides share one embedding.
        num_layers: Blocks of the encoder, and as many of the decoder.
        hidden_dim, num_heads: Width of the model, D, and attention heads, dividing it.
        intermediate_dim: Size of the feed-forward layers; `4 * hidden_dim` by default.
        dropout: Fraction dropped from embeddings and from each half of each block.
        attention_dropout: Fraction of the attention weights dropped.
        copy, max_extra, coverage: As in `RecurrentSeq2Seq`; what is copied is chosen by
            one more attention layer, which alone sees its coverage.

    Inputs and outputs are those of `Seq2Seq`.

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.TransformerSeq2Seq(
    ...     100, num_layers=1, hidden_dim=16, num_heads=2)
    >>> ids = {"encoder_token_ids": np.array([[5, 6, 3]]),
    ...        "decoder_token_ids": np.array([[2, 7]])}
    >>> tuple(model(ids).shape)
    (1, 2, 100)
    """

    def __init__(
        self,
        vocabulary_size: int,
        source_vocabulary_size: int | None = None,
        num_layers: int = 3,
        hidden_dim: int = 256,
        num_heads: int = 4,
        intermediate_dim: int | None = None,
        dropout: float = 0.1,
        attention_dropout: float = 0.0,
        copy: bool = False,
        max_extra: int = 0,
        coverage: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        self._make_embeddings()
        self._make_positions()
        self.encoder_blocks = self._blocks(TransformerEncoder, num_layers)
        self.encoder_norm = norm(self)
        self._make_decoder()
        self._make_copying(copy, max_extra, coverage)
        if copy:
            self._make_pointer(coverage)

    def build(self, input_shape: Any = None) -> None:
        build_all(
            (None, None, self.hidden_dim),
            self.embedding,
            self.source_embedding,
            *self.encoder_blocks,
            *self.decoder_blocks,
            self.encoder_norm,
            self.decoder_norm,
        )
        if self.pointer is not None:
            self.pointer.build(*[(None, None, self.hidden_dim)] * 2)
        self._build_copying()
        self.built = True

    def encode(self, encoder_token_ids: Any, training: bool = False) -> tuple[Any, Any]:
        mask = self.padding_mask(encoder_token_ids)
        embedding = self.source_embedding or self.embedding
        x = self._embed(embedding, encoder_token_ids, training=training)

        def call(block, x, _):
            return block(x, padding_mask=mask, training=training), ()

        x, _ = run_blocks(self.encoder_blocks, call, x)
        return self.encoder_norm(x), mask
