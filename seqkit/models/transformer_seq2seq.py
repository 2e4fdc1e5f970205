"""The Transformer that translates."""

import keras
from keras import ops

from seqkit.layers.sinusoidal_position_encoding import SinusoidalPositionEncoding
from seqkit.layers.tied_embedding import TiedEmbedding
from seqkit.layers.transformer_decoder import TransformerDecoder
from seqkit.layers.transformer_encoder import TransformerEncoder
from seqkit.models.seq2seq import Seq2Seq


@keras.saving.register_keras_serializable(package="seqkit")
class TransformerSeq2Seq(Seq2Seq):
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
        self.vocabulary_size = vocabulary_size
        self.source_vocabulary_size = source_vocabulary_size
        self.num_layers = num_layers
        self.hidden_dim = hidden_dim
        self.num_heads = num_heads
        self.intermediate_dim = intermediate_dim
        self.dropout = dropout
        self.attention_dropout = attention_dropout
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

    def _embed(self, embedding, token_ids, training=False):
        x = embedding(token_ids)
        x = ops.add(x, self.positions(x))
        return self.embedding_dropout(x, training=training)

    def encode(self, encoder_token_ids, training=False):
        mask = self.padding_mask(encoder_token_ids)
        embedding = self.source_embedding or self.embedding
        x = self._embed(embedding, encoder_token_ids, training=training)
        for block in self.encoder_blocks:
            x = block(x, padding_mask=mask, training=training)
        return self.encoder_norm(x), mask

    def decode(self, decoder_token_ids, memory, mask, training=False):
        x = self._embed(self.embedding, decoder_token_ids, training=training)
        for block in self.decoder_blocks:
            x, weights = block(
                x,
                memory,
                memory_mask=mask,
                return_attention_scores=True,
                training=training,
            )
        return self._logits(x), ops.mean(weights, axis=1)

    def _logits(self, x):
        return self.embedding(self.decoder_norm(x), reverse=True)

    def initial_state(self, memory, mask, num_beams, max_length):
        batch_size = ops.shape(memory)[0]
        slots = max_length * num_beams
        return {
            "beams": {
                # Which slot of step t the hypothesis descends from; -1: not reached.
                "ancestors": ops.full((batch_size, num_beams, max_length), -1, "int32")
            },
            "sentences": {
                "mask": mask[:, None, None, :],
                "memory": [
                    block.project_memory(memory) for block in self.decoder_blocks
                ],
                "caches": [
                    block.empty_cache(batch_size, slots)
                    for block in self.decoder_blocks
                ],
            },
            "shared": {"output_kernel": self.embedding.output_kernel()},
        }

    def step(self, token_ids, state, index):
        sentences, ancestors = state["sentences"], state["beams"]["ancestors"]
        batch_size, num_beams = ops.shape(token_ids)[0], token_ids.shape[1]
        # Each hypothesis writes its keys and values into the slot of its own number.
        own = ops.arange(num_beams, dtype="int32")[None, :, None]
        here = ops.arange(ops.shape(ancestors)[2], dtype="int32") == index
        ancestors = ops.where(here, own, ancestors)
        # [B, K, L, K'] to [B, 1, K, L·K']: the slots in the order of the cache.
        mask = ops.equal(
            ancestors[..., None], ops.arange(num_beams, dtype="int32")[None, None, None]
        )
        mask = ops.reshape(mask, (batch_size, 1, num_beams, -1))
        x = self.embedding(token_ids)
        # All K hypotheses of a step stand at the same position.
        x = ops.add(x, self.positions(x[:, :1], start=index))
        caches = []
        for block, cache, (keys, values) in zip(
            self.decoder_blocks, sentences["caches"], sentences["memory"], strict=True
        ):
            x, cache, weights = block.step(
                x, cache, index, mask, keys, values, sentences["mask"]
            )
            caches.append(cache)
        logits = self.embedding.score(
            self.decoder_norm(x), state["shared"]["output_kernel"]
        )
        state = {
            **state,
            "beams": {"ancestors": ancestors},
            "sentences": {**sentences, "caches": caches},
        }
        return logits, state, ops.mean(weights, axis=1)

    def get_config(self):
        return super().get_config() | {
            "vocabulary_size": self.vocabulary_size,
            "source_vocabulary_size": self.source_vocabulary_size,
            "num_layers": self.num_layers,
            "hidden_dim": self.hidden_dim,
            "num_heads": self.num_heads,
            "intermediate_dim": self.intermediate_dim,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
        }
