"""The Transformer that continues a text."""

from typing import Any

import keras

from seqkit.layers.checks import check_whole
from seqkit.layers.dropout import Dropout
from seqkit.layers.repeated import run_blocks
from seqkit.layers.transformer_encoder import TransformerEncoder
from seqkit.models.language_model import LanguageModel
from seqkit.models.parts import build_all, norm


@keras.saving.register_keras_serializable(package="seqkit")
class TransformerLanguageModel(LanguageModel):
    """Decoder-only Transformer, pre-norm, that reads a text without end.

        x      = dropout(E[token])
        x      = x + attention(norm(x));  x = x + feed_forward(norm(x))     L times
        logits = E norm(x)

    (Radford et al. 2019, GPT-2; Vaswani et al. 2017, arXiv:1706.03762.) The kernels
    whose products are added to x begin smaller by sqrt(2 L), as in GPT-2.

    In each layer a position sees itself and the W - 1 positions before it, W being the
    `context_length`, wherever the text is cut: the state holds the keys and values of
    the last W - 1 positions, and training carries them from batch to batch without a
    gradient, as Transformer-XL does (Dai et al. 2019, arXiv:1901.02860). L layers
    together look back `L · (W - 1)` positions. Only the attention sees positions, as
    distances, so nothing depends on how much was read before, and a step costs the same
    time and memory after any number of tokens.

    Args:
        vocabulary_size, batch_size: As in `LanguageModel`.
        num_layers: Blocks, L.
        hidden_dim, num_heads: Width of the model, D, and attention heads, dividing it.
        intermediate_dim, dropout, attention_dropout: As in `TransformerSeq2Seq`.
        embedding_dropout: Fraction of the vocabulary dropped per batch.
        context_length: Positions that a position sees in each layer, W.
        positions: As in `seqkit.layers.MultiHeadAttention`; `None`: order by causality
            alone.
        num_key_value_heads: Heads of keys and values, G, which divides H; H by default.
            The state shrinks as much.

    Inputs and outputs are those of `LanguageModel`; the state is a list of the window
    of each block, as in `seqkit.layers.MultiHeadAttention.empty_window`.

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.TransformerLanguageModel(
    ...     100, num_layers=2, hidden_dim=16, num_heads=2, context_length=4)
    >>> logits = model(np.array([[5, 6, 7]]))
    >>> last, state = model.step(np.array([5]), model.initial_state(1))
    >>> tuple(logits.shape), tuple(last.shape)
    ((1, 3, 100), (1, 100))
    """

    def __init__(
        self,
        vocabulary_size: int,
        num_layers: int = 4,
        hidden_dim: int = 256,
        num_heads: int = 4,
        intermediate_dim: int | None = None,
        dropout: float = 0.1,
        attention_dropout: float = 0.0,
        embedding_dropout: float = 0.0,
        context_length: int = 256,
        positions: Any = "rotary",
        activation: Any = "gelu",
        num_key_value_heads: int | None = None,
        tie_embeddings: bool = True,
        batch_size: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(vocabulary_size, batch_size, **kwargs)
        self.keep(locals())
        check_whole("context_length", context_length)
        self.intermediate_dim = intermediate_dim or 4 * hidden_dim
        dtype = self.dtype_policy
        self._make_embedding(hidden_dim, embedding_dropout=embedding_dropout)
        self.dropout_layer = Dropout(dropout, dtype=dtype)
        self.blocks = [
            TransformerEncoder(
                num_heads,
                self.intermediate_dim,
                dropout=dropout,
                attention_dropout=attention_dropout,
                activation=self.activation,
                num_key_value_heads=num_key_value_heads,
                positions=self.positions,
                residual_initializer=self._smaller(2 * num_layers),
                name=f"block_{number}",
                dtype=dtype,
            )
            for number in range(num_layers)
        ]
        self.norm = norm(self)

    def build(self, input_shape: Any = None) -> None:
        build_all(
            (None, None, self.hidden_dim), self.embedding, *self.blocks, self.norm
        )
        self._build_carried()
        self.built = True

    def initial_state(self, batch_size: Any) -> Any:
        return [
            block.empty_window(batch_size, self.context_length) for block in self.blocks
        ]

    def run(self, token_ids: Any, state: Any, training: bool = False) -> Any:
        """As `LanguageModel`; a `state` of `None` is the initial one, and cheaper."""
        x = self.embedding(token_ids, training=training)
        x = self.dropout_layer(x, training=training)

        def extend(block, x, window):
            # Without a state `run_blocks` gives an empty one.
            return block.extend(x, self.context_length, window or None, training)

        x, new_state = run_blocks(self.blocks, extend, x, state)
        return self.norm(x), new_state

    def _first_state(self, batch_size):
        return None
