"""The state space model that continues a text."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.dropout import Dropout
from seqkit.layers.repeated import run_blocks
from seqkit.layers.selective_ssm import SelectiveSSM
from seqkit.models.language_model import LanguageModel
from seqkit.models.parts import build_all


@keras.saving.register_keras_serializable(package="seqkit")
class MambaLanguageModel(LanguageModel):
    """Mamba: a stack of selective state space models.

        x      = dropout(E[token])
        x      = x + dropout(ssm(norm(x)))      L times
        logits = E norm(x)

    (Gu and Dao 2023, arXiv:2312.00752, section 3.4 and appendix E.2.) Norms are by the
    root of the mean square. The kernels whose products are added to x begin smaller by
    sqrt(L), as in the authors' code. The past is kept in a state of fixed size, with no
    limit to its memory; a step costs the same after any number of tokens.

    Args:
        vocabulary_size, batch_size: As in `LanguageModel`.
        num_layers, hidden_dim: Number of blocks, L, and width of the model, D.
        state_dim, expansion, conv_width: N, E / D and K of each block, as in
            `seqkit.layers.SelectiveSSM`.
        dropout: Fraction dropped from the embeddings and from the output of each block.

    Inputs and outputs are those of `LanguageModel`; the state is a list of that of each
    block, a list of the last inputs of the convolution `[B, K - 1, E]` and h
    `[B, N, E]`, float32.

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.MambaLanguageModel(100, num_layers=2, hidden_dim=16)
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
        state_dim: int = 16,
        expansion: int = 2,
        conv_width: int = 4,
        dropout: float = 0.1,
        tie_embeddings: bool = True,
        batch_size: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(vocabulary_size, batch_size, **kwargs)
        self.keep(locals())
        dtype = self.dtype_policy
        self._make_embedding(hidden_dim)
        self.dropout_layer = Dropout(dropout, dtype=dtype)
        self.blocks = [
            SelectiveSSM(
                expansion=expansion,
                state_dim=state_dim,
                conv_width=conv_width,
                return_state=True,
                output_initializer=self._smaller(num_layers),
                name=f"block_{number}",
                dtype=dtype,
            )
            for number in range(num_layers)
        ]
        self.norms = [
            keras.layers.RMSNormalization(epsilon=1e-5, dtype=dtype)
            for _ in range(num_layers + 1)
        ]

    def build(self, input_shape: Any = None) -> None:
        build_all(
            (None, None, self.hidden_dim), self.embedding, *self.blocks, *self.norms
        )
        self._build_carried()
        self.built = True

    def initial_state(self, batch_size: Any) -> Any:
        return [block.initial_state(batch_size) for block in self.blocks]

    def run(self, token_ids: Any, state: Any, training: bool = False) -> Any:
        def read(block, x, state):
            return block(x, initial_state=state)

        return self._run(token_ids, read, state, training)

    def step(self, token_ids: Any, state: Any) -> Any:
        def step(block, x, state):
            return block.step(x, state)

        hidden, state = self._run(token_ids, step, state, False)
        return self.logits(hidden), state

    def _run(self, token_ids, read, state, training):
        x = self.embedding(token_ids, training=training)
        x = self.dropout_layer(x, training=training)

        def call(pair, x, state):
            norm, block = pair
            y, state = read(block, norm(x), state)
            return ops.add(x, self.dropout_layer(y, training=training)), state

        pairs = list(zip(self.norms[:-1], self.blocks, strict=True))
        x, state = run_blocks(pairs, call, x, state, shared=[self.dropout_layer])
        return self.norms[-1](x), state
